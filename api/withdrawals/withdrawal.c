/* How requests that make or change withdrawals begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/withdrawal.h"
#include "api/access.h"
#include "api/fields.h"
#include "api/identifiers/bank_card.h"
#include "api/people/numbers.h"
#include "api/states.h"

#define SAME(STATEMENT)                                                                                                \
    _Static_assert((int)STATEMENT##_PARAM_WAIT == (int)WITHDRAWAL_DECIDE_PARAM_WAIT &&                                 \
                       (int)STATEMENT##_PARAM_EVENT_ID == (int)WITHDRAWAL_DECIDE_PARAM_EVENT_ID &&                     \
                       (int)STATEMENT##_COLUMN_PAID_ON == (int)WITHDRAWAL_DECIDE_COLUMN_PAID_ON,                       \
                   "statements of steps differ")
SAME(WITHDRAWAL_CANCEL);
SAME(WITHDRAWAL_BANK_ACCOUNT);
SAME(WITHDRAWAL_RETURN);
SAME(WITHDRAWAL_WINDOW_PAYMENT);
_Static_assert((int)WITHDRAWAL_CREATE_COLUMN_PAID_ON == (int)WITHDRAWAL_DECIDE_COLUMN_PAID_ON,
               "withdrawal_create differs");

static const struct field fields[] = {
    {"withdrawal_id", WITHDRAWAL_DECIDE_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"person_id", WITHDRAWAL_DECIDE_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", WITHDRAWAL_DECIDE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", WITHDRAWAL_DECIDE_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"reason", WITHDRAWAL_DECIDE_COLUMN_REASON, FIELD_PLAIN},
    {"state", WITHDRAWAL_DECIDE_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", WITHDRAWAL_DECIDE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"current_year_fen", WITHDRAWAL_DECIDE_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", WITHDRAWAL_DECIDE_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"created_at", WITHDRAWAL_DECIDE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", WITHDRAWAL_DECIDE_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"paid_on", WITHDRAWAL_DECIDE_COLUMN_PAID_ON, FIELD_PLAIN},
};

enum problem withdrawal_begin(struct request *request, const struct withdrawal_args *args, struct money **money)
{
    struct uuid id = request->args[args->id].uuid;
    *money = arena_alloc(request->arena, sizeof **money);
    if (*money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = money_begin(request, args->key, args->dry_run, *money);
    if (problem == PROBLEM_NONE &&
        (request->is_dry_run || request->principal.kind == PRINCIPAL_CITIZEN)) { /* others' regions are judged in SQL */
        problem = access_ask(request, id);
    }
    return problem;
}

bool withdrawal_check_note(struct request *request, const struct arg *note)
{
    bool is_valid = !note->present || !numbers_may_be_in(note->text);
    if (!is_valid) {
        request_fault(request, ARG_BODY, "note", "not_allowed",
                      request->language == LANGUAGE_EN ? "Leave out numbers of people: the person reads it."
                                                       : "请勿填写证件、电话等号码：本人会看到说明。");
    }
    return is_valid;
}

bool withdrawal_check_card(struct request *request, const struct arg *card)
{
    bool is_valid = bank_card_is_valid(card->text);
    if (!is_valid) {
        request_fault(request, ARG_BODY, "bank_card", "malformed", NULL);
    }
    return is_valid;
}

int32_t withdrawal_paid_on(struct request *request, const struct arg *paid_on, const struct money *money)
{
    if (!paid_on->present) {
        return money->business_date;
    }
    if (paid_on->number > money->business_date) {
        request_fault(request, ARG_BODY, "paid_on", "too_large", NULL);
    }
    return (int32_t)paid_on->number;
}

void withdrawal_bind_step(struct request *request, enum statement statement, const char *event,
                          const struct withdrawal_args *args, const struct money *money, struct call *call)
{
    struct uuid id = request->args[args->id].uuid;
    uint64_t key = uuid_key(id);
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    call_init(call, statement);
    call_text(call, WITHDRAWAL_DECIDE_PARAM_EVENT, span_of(event));
    call_uuid(call, WITHDRAWAL_DECIDE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, WITHDRAWAL_DECIDE_PARAM_ACTOR_KIND, is_citizen ? SPAN("citizen") : SPAN("staff"));
    access_bind_visible(request, call, WITHDRAWAL_DECIDE_PARAM_VISIBLE);
    call_int(call, WITHDRAWAL_DECIDE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, WITHDRAWAL_DECIDE_PARAM_WITHDRAWAL_ID, id);
    call_uuid(call, WITHDRAWAL_DECIDE_PARAM_RETURN_ID, uuid_make(key));
    call_instant(call, WITHDRAWAL_DECIDE_PARAM_INSTANT, money->instant_us);
    call_text(call, WITHDRAWAL_DECIDE_PARAM_KEY, money->key);
    call_bytea(call, WITHDRAWAL_DECIDE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, WITHDRAWAL_DECIDE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, WITHDRAWAL_DECIDE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, WITHDRAWAL_DECIDE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, WITHDRAWAL_DECIDE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
}

enum problem withdrawal_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {
        .status = WITHDRAWAL_DECIDE_COLUMN_STATUS,
        .is_replayed = WITHDRAWAL_DECIDE_COLUMN_IS_REPLAYED,
        .state = WITHDRAWAL_DECIDE_COLUMN_STATE,
        .possible = WITHDRAWAL_DECIDE_COLUMN_POSSIBLE,
    };
    enum problem problem = state_outcome(request, rows, &columns, reply);
    if (problem == PROBLEM_NONE) {
        fields_write_body(FIELDS(fields), rows, reply);
    }
    return problem;
}
