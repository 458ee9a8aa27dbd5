/* POST /v1/charges/{charge_id}/void: gives up what was held. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/change.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid charge_id = request->args[VOID_CHARGE_CHARGE_ID].uuid;
    uint64_t person_key = uuid_key(charge_id);
    struct money *money;
    enum problem problem =
        change_begin(request, VOID_CHARGE_CHARGE_ID, VOID_CHARGE_IDEMPOTENCY_KEY, VOID_CHARGE_DRY_RUN, &money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CHARGE_VOID);
    call_uuid(call, CHARGE_VOID_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_int(call, CHARGE_VOID_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, CHARGE_VOID_PARAM_CHARGE_ID, charge_id);
    call_instant(call, CHARGE_VOID_PARAM_INSTANT, money->instant_us);
    call_text(call, CHARGE_VOID_PARAM_KEY, money->key);
    call_bytea(call, CHARGE_VOID_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, CHARGE_VOID_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, CHARGE_VOID_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, CHARGE_VOID_PARAM_REAL_INSTANT, money->real_us);
    return PROBLEM_NONE;
}

const struct handler void_charge_handler = {.bind = bind, .render = change_render};
