/* GET /v1/charges/{charge_id}: for the institution that made it, the member who pays, and staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/charges/charge.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid charge_id = request->args[GET_CHARGE_CHARGE_ID].uuid;
    bool is_client = request->principal.kind == PRINCIPAL_CLIENT; /* what it made itself is no look at somebody else */
    enum problem problem = is_client ? PROBLEM_NONE : access_ask(request, charge_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CHARGE_GET);
    call_int(call, CHARGE_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(charge_id));
    call_uuid(call, CHARGE_GET_PARAM_CHARGE_ID, charge_id);
    call_bool(call, CHARGE_GET_PARAM_IS_PERSON, !is_client);
    return PROBLEM_NONE;
}

static bool may_see(const struct request *request, const struct rows *rows)
{
    if (request->principal.kind == PRINCIPAL_CLIENT) {
        return uuid_equal(row_uuid(rows, 0, CHARGE_GET_COLUMN_PROVIDER_ID), request->principal.subject_id);
    }
    return access_may_see(request, row_uuid(rows, 0, CHARGE_GET_COLUMN_PERSON_ID),
                          row_text(rows, 0, CHARGE_GET_COLUMN_POOL_CODE));
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !may_see(request, rows)) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(charge_fields, charge_fields_count, rows, reply);
    return PROBLEM_NONE;
}

const struct handler get_charge_handler = {.bind = bind, .render = render};
