/* GET /v1/withdrawals/{withdrawal_id}/timeline: the steps that it has taken, oldest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"at", WITHDRAWAL_TIMELINE_COLUMN_AT, FIELD_PLAIN},
    {"event", WITHDRAWAL_TIMELINE_COLUMN_EVENT, FIELD_PLAIN},
    {"from_state", WITHDRAWAL_TIMELINE_COLUMN_FROM_STATE, FIELD_PLAIN},
    {"to_state", WITHDRAWAL_TIMELINE_COLUMN_TO_STATE, FIELD_PLAIN},
    {"who", WITHDRAWAL_TIMELINE_COLUMN_WHO, FIELD_PLAIN},
    {"reason_code", WITHDRAWAL_TIMELINE_COLUMN_REASON_CODE, FIELD_PLAIN},
    {"note", WITHDRAWAL_TIMELINE_COLUMN_NOTE, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid withdrawal_id = request->args[GET_WITHDRAWAL_TIMELINE_WITHDRAWAL_ID].uuid;
    enum problem problem = access_ask(request, withdrawal_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WITHDRAWAL_TIMELINE);
    call_int(call, WITHDRAWAL_TIMELINE_PARAM_PERSON_KEY, (int64_t)uuid_key(withdrawal_id));
    call_uuid(call, WITHDRAWAL_TIMELINE_PARAM_WITHDRAWAL_ID, withdrawal_id);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, WITHDRAWAL_TIMELINE_COLUMN_PERSON_ID),
                                            row_text(rows, 0, WITHDRAWAL_TIMELINE_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return list_write_found(&list, rows, reply);
}

const struct handler get_withdrawal_timeline_handler = {.bind = bind, .render = render};
