/* How refunds are shown, and to whom. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/refund.h"
#include "api/access.h"

const struct field refund_fields[] = {REFUND_FIELDS(REFUND_LIST)};
const size_t refund_fields_count = sizeof refund_fields / sizeof *refund_fields;

enum problem refund_bind(struct request *request, struct uuid charge_id, const struct uuid *refund_id,
                         struct uuid before, int64_t limit, struct call *call)
{
    bool is_client = request->principal.kind == PRINCIPAL_CLIENT; /* what it made itself is no look at somebody else */
    enum problem problem = is_client ? PROBLEM_NONE : access_ask(request, charge_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_REFUND_LIST);
    call_int(call, REFUND_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(charge_id));
    call_uuid(call, REFUND_LIST_PARAM_CHARGE_ID, charge_id);
    if (refund_id != NULL) {
        call_uuid(call, REFUND_LIST_PARAM_REFUND_ID, *refund_id);
    }
    call_uuid(call, REFUND_LIST_PARAM_BEFORE_ID, before);
    call_int(call, REFUND_LIST_PARAM_ROW_LIMIT, limit);
    call_bool(call, REFUND_LIST_PARAM_IS_PERSON, !is_client);
    return PROBLEM_NONE;
}

bool refund_may_see(const struct request *request, const struct rows *rows)
{
    if (rows->count == 0) {
        return false;
    }
    if (request->principal.kind == PRINCIPAL_CLIENT) {
        return uuid_equal(row_uuid(rows, 0, REFUND_LIST_COLUMN_PROVIDER_ID), request->principal.subject_id);
    }
    return access_may_see(request, row_uuid(rows, 0, REFUND_LIST_COLUMN_PERSON_ID),
                          row_text(rows, 0, REFUND_LIST_COLUMN_POOL_CODE));
}
