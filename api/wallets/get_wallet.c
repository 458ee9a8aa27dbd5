/* GET /v1/people/{person_id}/wallet: the wallet, and what the person may still send to others' today. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"person_id", WALLET_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", WALLET_GET_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"status", WALLET_GET_COLUMN_STATUS, FIELD_PLAIN},
    {"opened_at", WALLET_GET_COLUMN_OPENED_AT, FIELD_PLAIN},
    {"balance_fen", WALLET_GET_COLUMN_BALANCE_FEN, FIELD_PLAIN},
    {"held_fen", WALLET_GET_COLUMN_HELD_FEN, FIELD_PLAIN},
    {"available_fen", WALLET_GET_COLUMN_AVAILABLE_FEN, FIELD_PLAIN},
    {"transfer_max_fen", WALLET_GET_COLUMN_TRANSFER_MAX_FEN, FIELD_PLAIN},
    {"transfers_a_day", WALLET_GET_COLUMN_TRANSFERS_A_DAY, FIELD_PLAIN},
    {"transfers_left_today", WALLET_GET_COLUMN_TRANSFERS_LEFT_TODAY, FIELD_PLAIN},
    {"quiet_from", WALLET_GET_COLUMN_QUIET_FROM, FIELD_PLAIN},
    {"quiet_until", WALLET_GET_COLUMN_QUIET_UNTIL, FIELD_PLAIN},
    {"is_quiet_now", WALLET_GET_COLUMN_IS_QUIET_NOW, FIELD_PLAIN},
    {"returns_at", WALLET_GET_COLUMN_RETURNS_AT, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[GET_WALLET_PERSON_ID].uuid;
    int64_t instant_us = clock_business_us();
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_GET);
    call_int(call, WALLET_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, WALLET_GET_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, WALLET_GET_PARAM_VISIBLE);
    call_date(call, WALLET_GET_PARAM_BUSINESS_DATE, clock_date_of(instant_us));
    call_instant(call, WALLET_GET_PARAM_INSTANT, instant_us);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_wallet_handler = {.bind = bind, .render = render};
