/* POST /v1/withdrawals: applies for an account's money to be paid out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/identifiers/person_name.h"
#include "api/sealed.h"
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = CREATE_WITHDRAWAL_ACCOUNT_ID,
    .key = CREATE_WITHDRAWAL_IDEMPOTENCY_KEY,
    .dry_run = CREATE_WITHDRAWAL_DRY_RUN,
};

/* Also true to itself when there is no memory for the faults. */
static bool check_payee(struct request *request)
{
    bool has_card = withdrawal_check_card(request, &request->args[CREATE_WITHDRAWAL_BANK_CARD]);
    bool has_name = person_name_is_valid(request->args[CREATE_WITHDRAWAL_PAYEE_NAME].text);
    if (!has_name) {
        request_fault(request, ARG_BODY, "payee_name", "malformed", NULL);
    }
    return has_card && has_name;
}

static bool bind_payee(struct request *request, struct uuid withdrawal_id, struct call *call)
{
    struct span name = request->args[CREATE_WITHDRAWAL_PAYEE_NAME].text, hash, card_sealed, name_sealed;
    if (!sealed_hash_items(request, KEY_HASH_NAME, name, &hash) ||
        !sealed_make(request, "withdrawal.bank_card", withdrawal_id, request->args[CREATE_WITHDRAWAL_BANK_CARD].text,
                     &card_sealed) ||
        !sealed_make(request, "withdrawal.payee_name", withdrawal_id, name, &name_sealed)) {
        return false;
    }
    call_bytea(call, WITHDRAWAL_CREATE_PARAM_NAME_HASH, hash);
    call_bytea(call, WITHDRAWAL_CREATE_PARAM_BANK_CARD, card_sealed);
    call_bytea(call, WITHDRAWAL_CREATE_PARAM_PAYEE_NAME, name_sealed);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[CREATE_WITHDRAWAL_ACCOUNT_ID].uuid;
    uint64_t key = uuid_key(account_id);
    struct uuid withdrawal_id = uuid_make(key);
    struct money *money;
    bool is_valid = check_payee(request);
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem != PROBLEM_NONE || !is_valid) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    call_init(call, STATEMENT_WITHDRAWAL_CREATE);
    call_uuid(call, WITHDRAWAL_CREATE_PARAM_WITHDRAWAL_ID, withdrawal_id);
    call_uuid(call, WITHDRAWAL_CREATE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, WITHDRAWAL_CREATE_PARAM_ACTOR_KIND, is_citizen ? SPAN("citizen") : SPAN("staff"));
    access_bind_visible(request, call, WITHDRAWAL_CREATE_PARAM_VISIBLE);
    call_int(call, WITHDRAWAL_CREATE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, WITHDRAWAL_CREATE_PARAM_ACCOUNT_ID, account_id);
    call_text(call, WITHDRAWAL_CREATE_PARAM_REASON, request->args[CREATE_WITHDRAWAL_REASON].text);
    call_instant(call, WITHDRAWAL_CREATE_PARAM_INSTANT, money->instant_us);
    call_text(call, WITHDRAWAL_CREATE_PARAM_KEY, money->key);
    call_bytea(call, WITHDRAWAL_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, WITHDRAWAL_CREATE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, WITHDRAWAL_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, WITHDRAWAL_CREATE_PARAM_REAL_INSTANT, money->real_us);
    return bind_payee(request, withdrawal_id, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = withdrawal_render(request, rows, reply);
    if (problem == PROBLEM_NONE) {
        char id[UUID_TEXT_LENGTH + 1];
        uuid_format(row_uuid(rows, 0, WITHDRAWAL_CREATE_COLUMN_WITHDRAWAL_ID), id);
        reply_created(reply, arena_printf(request->arena, "/v1/withdrawals/%s", id));
    }
    return problem;
}

const struct handler create_withdrawal_handler = {.bind = bind, .render = render};
