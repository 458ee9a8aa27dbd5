/* GET /v1/people/{person_id}/receivables: what the person owes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"receivable_id", PERSON_RECEIVABLES_COLUMN_RECEIVABLE_ID, FIELD_PLAIN},
    {"person_id", PERSON_RECEIVABLES_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", PERSON_RECEIVABLES_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", PERSON_RECEIVABLES_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", PERSON_RECEIVABLES_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"kind", PERSON_RECEIVABLES_COLUMN_KIND, FIELD_PLAIN},
    {"state", PERSON_RECEIVABLES_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", PERSON_RECEIVABLES_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"settled_fen", PERSON_RECEIVABLES_COLUMN_SETTLED_FEN, FIELD_PLAIN},
    {"open_fen", PERSON_RECEIVABLES_COLUMN_OPEN_FEN, FIELD_PLAIN},
    {"contribution_id", PERSON_RECEIVABLES_COLUMN_CONTRIBUTION_ID, FIELD_PLAIN},
    {"credit_id", PERSON_RECEIVABLES_COLUMN_CREDIT_ID, FIELD_PLAIN},
    {"period", PERSON_RECEIVABLES_COLUMN_PERIOD, FIELD_MONTH},
    {"operation_id", PERSON_RECEIVABLES_COLUMN_OPERATION_ID, FIELD_PLAIN},
    {"business_date", PERSON_RECEIVABLES_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"created_at", PERSON_RECEIVABLES_COLUMN_CREATED_AT, FIELD_PLAIN},
};

static const struct list list = {.fields = fields,
                                 .fields_count = sizeof fields / sizeof *fields,
                                 .presence = PERSON_RECEIVABLES_COLUMN_RECEIVABLE_ID};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_RECEIVABLES_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_RECEIVABLES);
    call_int(call, PERSON_RECEIVABLES_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_RECEIVABLES_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_RECEIVABLES_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return list_write_found(&list, rows, reply);
}

const struct handler list_person_receivables_handler = {.bind = bind, .render = render};
