/* POST /v1/charges/{charge_id}/capture: takes what was held, or a part of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/change.h"

_Static_assert((int)CHARGE_CAPTURE_PARAM_WAIT == (int)SHARED_CHARGE_CAPTURE_PARAM_WAIT &&
                   (int)CHARGE_CAPTURE_COLUMN_PAYERS == (int)SHARED_CHARGE_CAPTURE_COLUMN_PAYERS,
               "charge_capture and shared_charge_capture differ");

static void bind_capture(struct request *request, const struct money *money, enum statement statement,
                         struct call *call)
{
    const struct arg *args = request->args;
    struct uuid charge_id = args[CAPTURE_CHARGE_CHARGE_ID].uuid;
    uint64_t person_key = uuid_key(charge_id);
    call_init(call, statement);
    call_uuid(call, CHARGE_CAPTURE_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_int(call, CHARGE_CAPTURE_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, CHARGE_CAPTURE_PARAM_CHARGE_ID, charge_id);
    if (args[CAPTURE_CHARGE_AMOUNT_FEN].present) {
        call_int(call, CHARGE_CAPTURE_PARAM_AMOUNT_FEN, args[CAPTURE_CHARGE_AMOUNT_FEN].number);
    }
    call_date(call, CHARGE_CAPTURE_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, CHARGE_CAPTURE_PARAM_INSTANT, money->instant_us);
    call_text(call, CHARGE_CAPTURE_PARAM_KEY, money->key);
    call_bytea(call, CHARGE_CAPTURE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, CHARGE_CAPTURE_PARAM_CURRENT_YEAR_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, CHARGE_CAPTURE_PARAM_CARRIED_OVER_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, CHARGE_CAPTURE_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, CHARGE_CAPTURE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, CHARGE_CAPTURE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, CHARGE_CAPTURE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money;
    enum problem problem =
        change_begin(request, CAPTURE_CHARGE_CHARGE_ID, CAPTURE_CHARGE_IDEMPOTENCY_KEY, CAPTURE_CHARGE_DRY_RUN, &money);
    if (problem == PROBLEM_NONE) {
        bind_capture(request, money, STATEMENT_CHARGE_CAPTURE, call);
    }
    return problem;
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    if (change_is_shared(request, rows, STATEMENT_CHARGE_CAPTURE, CHARGE_CAPTURE_COLUMN_STATUS)) {
        bind_capture(request, request->state, STATEMENT_SHARED_CHARGE_CAPTURE, call);
    }
    return PROBLEM_NONE;
}

const struct handler capture_charge_handler = {.bind = bind, .proceed = proceed, .render = change_render};
