/* GET /v1/people/{person_id}/enrolments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"enrolment_id", PERSON_ENROLMENTS_COLUMN_ENROLMENT_ID, FIELD_PLAIN},
    {"person_id", PERSON_ENROLMENTS_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"region_code", PERSON_ENROLMENTS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", PERSON_ENROLMENTS_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"scheme", PERSON_ENROLMENTS_COLUMN_SCHEME, FIELD_PLAIN},
    {"status", PERSON_ENROLMENTS_COLUMN_STATUS, FIELD_PLAIN},
    {"account_mode", PERSON_ENROLMENTS_COLUMN_ACCOUNT_MODE, FIELD_PLAIN},
    {"payer_kind", PERSON_ENROLMENTS_COLUMN_PAYER_KIND, FIELD_PLAIN},
    {"employer_code", PERSON_ENROLMENTS_COLUMN_EMPLOYER_CODE, FIELD_PLAIN},
    {"started_on", PERSON_ENROLMENTS_COLUMN_STARTED_ON, FIELD_PLAIN},
    {"ended_on", PERSON_ENROLMENTS_COLUMN_ENDED_ON, FIELD_PLAIN},
    {"retired_on", PERSON_ENROLMENTS_COLUMN_RETIRED_ON, FIELD_PLAIN},
};

static const struct list list = {.fields = fields,
                                 .fields_count = sizeof fields / sizeof *fields,
                                 .presence = PERSON_ENROLMENTS_COLUMN_ENROLMENT_ID};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_ENROLMENTS_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_ENROLMENTS);
    call_int(call, PERSON_ENROLMENTS_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_ENROLMENTS_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_ENROLMENTS_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return list_write_found(&list, rows, reply);
}

const struct handler list_person_enrolments_handler = {.bind = bind, .render = render};
