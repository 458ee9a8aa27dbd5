/* Checks how the payer is named, and looks two numbers up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/payer.h"
#include "api/access.h"
#include "api/people/numbers.h"
#include "api/sealed.h"

static bool is_present(const struct request *request, int arg)
{
    return request->args[arg].present;
}

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

void payer_check(struct request *request)
{
    bool has_account = is_present(request, CREATE_CHARGE_ACCOUNT_ID);
    bool has_citizen = is_present(request, CREATE_CHARGE_CITIZEN_NUMBER);
    bool has_card = is_present(request, CREATE_CHARGE_CARD_NUMBER);
    if (!has_account && !has_citizen && !has_card) {
        refuse(request, "account_id", "required");
    }
    if (has_account && has_citizen) {
        refuse(request, "citizen_number", "not_allowed");
    }
    if (has_account && has_card) {
        refuse(request, "card_number", "not_allowed");
    }
    if (!has_account && has_citizen != has_card) {
        refuse(request, has_citizen ? "card_number" : "citizen_number", "required");
    }
}

static bool hash_numbers(struct request *request, struct span *citizen_hash, struct span *card_hash)
{
    struct citizen_number citizen;
    struct span card;
    bool is_good =
        numbers_read_citizen(request, "citizen_number", request->args[CREATE_CHARGE_CITIZEN_NUMBER].text, &citizen);
    is_good &= numbers_read_card(request, "card_number", request->args[CREATE_CHARGE_CARD_NUMBER].text, &card);
    bool is_done = !is_good || (numbers_hash_citizen(request, &citizen, citizen_hash) &&
                                sealed_hash(request, KEY_HASH_CARD_NUMBER, card, card_hash));
    explicit_bzero(&citizen, sizeof citizen);
    return is_done;
}

enum problem payer_search(struct request *request, struct span key, struct call *call)
{
    struct span citizen_hash = {0}, card_hash = {0};
    if (!hash_numbers(request, &citizen_hash, &card_hash)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_CHARGE_ACCOUNT);
    call_bytea(call, CHARGE_ACCOUNT_PARAM_CITIZEN_HASH, citizen_hash);
    call_bytea(call, CHARGE_ACCOUNT_PARAM_CARD_HASH, card_hash);
    access_bind_visible(request, call, CHARGE_ACCOUNT_PARAM_VISIBLE);
    call_uuid(call, CHARGE_ACCOUNT_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_text(call, CHARGE_ACCOUNT_PARAM_KEY, key);
    return PROBLEM_NONE;
}
