/* POST /v1/charges/{charge_id}/refunds: gives a charge back, or a part of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/change.h"
#include "api/charges/refund.h"

_Static_assert((int)REFUND_CREATE_PARAM_WAIT == (int)SHARED_REFUND_CREATE_PARAM_WAIT &&
                   (int)REFUND_CREATE_COLUMN_PAYERS == (int)SHARED_REFUND_CREATE_COLUMN_PAYERS,
               "refund_create and shared_refund_create differ");

static void bind_refund(struct request *request, const struct money *money, enum statement statement, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid charge_id = args[CREATE_REFUND_CHARGE_ID].uuid;
    uint64_t person_key = uuid_key(charge_id);
    call_init(call, statement);
    call_uuid(call, REFUND_CREATE_PARAM_REFUND_ID, uuid_make(person_key));
    call_uuid(call, REFUND_CREATE_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_int(call, REFUND_CREATE_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, REFUND_CREATE_PARAM_CHARGE_ID, charge_id);
    call_text(call, REFUND_CREATE_PARAM_REFUND_NO, args[CREATE_REFUND_REFUND_NO].text);
    if (args[CREATE_REFUND_AMOUNT_FEN].present) {
        call_int(call, REFUND_CREATE_PARAM_AMOUNT_FEN, args[CREATE_REFUND_AMOUNT_FEN].number);
    }
    if (args[CREATE_REFUND_REASON].present) {
        call_text(call, REFUND_CREATE_PARAM_REASON, args[CREATE_REFUND_REASON].text);
    }
    call_date(call, REFUND_CREATE_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, REFUND_CREATE_PARAM_INSTANT, money->instant_us);
    call_text(call, REFUND_CREATE_PARAM_KEY, money->key);
    call_bytea(call, REFUND_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, REFUND_CREATE_PARAM_CURRENT_YEAR_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, REFUND_CREATE_PARAM_CARRIED_OVER_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, REFUND_CREATE_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, REFUND_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, REFUND_CREATE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, REFUND_CREATE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money;
    money_check_number(request, "refund_no", request->args[CREATE_REFUND_REFUND_NO].text);
    enum problem problem =
        change_begin(request, CREATE_REFUND_CHARGE_ID, CREATE_REFUND_IDEMPOTENCY_KEY, CREATE_REFUND_DRY_RUN, &money);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    bind_refund(request, money, STATEMENT_REFUND_CREATE, call);
    return PROBLEM_NONE;
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    if (change_is_shared(request, rows, STATEMENT_REFUND_CREATE, REFUND_CREATE_COLUMN_STATUS)) {
        bind_refund(request, request->state, STATEMENT_SHARED_REFUND_CREATE, call);
    }
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct field fields[] = {REFUND_FIELDS(REFUND_CREATE)};
    enum problem problem = money_outcome(request, row_text(rows, 0, REFUND_CREATE_COLUMN_STATUS),
                                         row_bool(rows, 0, REFUND_CREATE_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char charge_id[UUID_TEXT_LENGTH + 1], refund_id[UUID_TEXT_LENGTH + 1];
    uuid_format(request->args[CREATE_REFUND_CHARGE_ID].uuid, charge_id);
    uuid_format(row_uuid(rows, 0, REFUND_CREATE_COLUMN_REFUND_ID), refund_id);
    fields_write_body(FIELDS(fields), rows, reply);
    reply_created(reply, arena_printf(request->arena, "/v1/charges/%s/refunds/%s", charge_id, refund_id));
    return PROBLEM_NONE;
}

const struct handler create_refund_handler = {.bind = bind, .proceed = proceed, .render = render};
