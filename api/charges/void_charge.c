/* POST /v1/charges/{charge_id}/void: gives up what was held. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/change.h"

_Static_assert((int)CHARGE_VOID_PARAM_WAIT == (int)SHARED_CHARGE_VOID_PARAM_WAIT &&
                   (int)CHARGE_VOID_COLUMN_PAYERS == (int)SHARED_CHARGE_VOID_COLUMN_PAYERS,
               "charge_void and shared_charge_void differ");

static void bind_void(struct request *request, const struct money *money, enum statement statement, struct call *call)
{
    struct uuid charge_id = request->args[VOID_CHARGE_CHARGE_ID].uuid;
    uint64_t person_key = uuid_key(charge_id);
    call_init(call, statement);
    call_uuid(call, CHARGE_VOID_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_int(call, CHARGE_VOID_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, CHARGE_VOID_PARAM_CHARGE_ID, charge_id);
    call_instant(call, CHARGE_VOID_PARAM_INSTANT, money->instant_us);
    call_text(call, CHARGE_VOID_PARAM_KEY, money->key);
    call_bytea(call, CHARGE_VOID_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, CHARGE_VOID_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, CHARGE_VOID_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, CHARGE_VOID_PARAM_REAL_INSTANT, money->real_us);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money;
    enum problem problem =
        change_begin(request, VOID_CHARGE_CHARGE_ID, VOID_CHARGE_IDEMPOTENCY_KEY, VOID_CHARGE_DRY_RUN, &money);
    if (problem == PROBLEM_NONE) {
        bind_void(request, money, STATEMENT_CHARGE_VOID, call);
    }
    return problem;
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    if (change_is_shared(request, rows, STATEMENT_CHARGE_VOID, CHARGE_VOID_COLUMN_STATUS)) {
        bind_void(request, request->state, STATEMENT_SHARED_CHARGE_VOID, call);
    }
    return PROBLEM_NONE;
}

const struct handler void_charge_handler = {.bind = bind, .proceed = proceed, .render = change_render};
