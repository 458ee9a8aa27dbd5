/* GET /v1/accounts/{account_id}/balance: now, or as of a past instant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/api.h"
#include "api/etag.h"
#include "api/views/view.h"
#include "server/clock.h"
#include "server/http/reply.h"
#include <inttypes.h>

struct balance {
    struct uuid account_id;
    int64_t current_year_fen;
    int64_t carried_over_fen;
    int64_t held_fen;
    int64_t as_of_us;
};

VIEW_SAME_COLUMNS(VIEWED_BALANCE, ACCOUNT_BALANCE, CHANGED_AT);
VIEW_SAME_COLUMNS(VIEWED_BALANCE_AS_OF, ACCOUNT_BALANCE_AS_OF, HELD_FEN);

static enum problem bind_as_of(struct request *request, bool is_viewed, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_BALANCE_ACCOUNT_ID].uuid;
    int64_t as_of_us = request->args[GET_ACCOUNT_BALANCE_AS_OF].number;
    if (as_of_us > clock_business_us()) {
        request_fault(request, ARG_QUERY, "as_of", "too_large", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, is_viewed ? STATEMENT_VIEWED_BALANCE_AS_OF : STATEMENT_ACCOUNT_BALANCE_AS_OF);
    call_int(call, ACCOUNT_BALANCE_AS_OF_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_BALANCE_AS_OF_PARAM_ACCOUNT_ID, account_id);
    call_instant(call, ACCOUNT_BALANCE_AS_OF_PARAM_AS_OF, as_of_us);
    if (is_viewed) {
        view_bind(request, call, account_id, VIEWED_BALANCE_AS_OF_PARAM_VIEWER_ID);
    }
    return PROBLEM_NONE;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_BALANCE_ACCOUNT_ID].uuid;
    bool is_viewed = view_is_asked(request, account_id);
    enum problem problem = is_viewed ? PROBLEM_NONE : access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (request->args[GET_ACCOUNT_BALANCE_AS_OF].present) {
        return bind_as_of(request, is_viewed, call);
    }
    call_init(call, is_viewed ? STATEMENT_VIEWED_BALANCE : STATEMENT_ACCOUNT_BALANCE);
    call_int(call, ACCOUNT_BALANCE_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_BALANCE_PARAM_ACCOUNT_ID, account_id);
    if (is_viewed) {
        view_bind(request, call, account_id, VIEWED_BALANCE_PARAM_VIEWER_ID);
    }
    return PROBLEM_NONE;
}

/* Leaves the object open. */
static void write_balance(struct json_writer *writer, const struct balance *balance)
{
    int64_t balance_fen = balance->current_year_fen + balance->carried_over_fen;
    json_object_open(writer);
    json_key(writer, "account_id");
    json_uuid(writer, balance->account_id);
    json_key(writer, "balance_fen");
    json_int(writer, balance_fen);
    json_key(writer, "current_year_fen");
    json_int(writer, balance->current_year_fen);
    json_key(writer, "carried_over_fen");
    json_int(writer, balance->carried_over_fen);
    json_key(writer, "held_fen");
    json_int(writer, balance->held_fen);
    json_key(writer, "available_fen");
    json_int(writer, balance_fen - balance->held_fen);
    json_key(writer, "as_of");
    json_instant(writer, balance->as_of_us);
}

static enum problem render_as_of(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_BALANCE_AS_OF_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_BALANCE_AS_OF_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct balance balance = {
        .account_id = request->args[GET_ACCOUNT_BALANCE_ACCOUNT_ID].uuid,
        .current_year_fen = row_int(rows, 0, ACCOUNT_BALANCE_AS_OF_COLUMN_CURRENT_YEAR_FEN),
        .carried_over_fen = row_int(rows, 0, ACCOUNT_BALANCE_AS_OF_COLUMN_CARRIED_OVER_FEN),
        .held_fen = row_int(rows, 0, ACCOUNT_BALANCE_AS_OF_COLUMN_HELD_FEN),
        .as_of_us = request->args[GET_ACCOUNT_BALANCE_AS_OF].number,
    };
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_balance(&writer, &balance);
    json_key(&writer, "settled");
    json_bool(&writer, clock_business_us() - balance.as_of_us >= api_settling_us());
    json_object_close(&writer);
    return PROBLEM_NONE;
}

static enum problem render_now(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_BALANCE_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_BALANCE_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct balance balance = {
        .account_id = request->args[GET_ACCOUNT_BALANCE_ACCOUNT_ID].uuid,
        .current_year_fen = row_int(rows, 0, ACCOUNT_BALANCE_COLUMN_CURRENT_YEAR_FEN),
        .carried_over_fen = row_int(rows, 0, ACCOUNT_BALANCE_COLUMN_CARRIED_OVER_FEN),
        .held_fen = row_int(rows, 0, ACCOUNT_BALANCE_COLUMN_HELD_FEN),
        .as_of_us = row_instant(rows, 0, ACCOUNT_BALANCE_COLUMN_CHANGED_AT),
    };
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(balance.account_id, id);
    const char *etag =
        arena_printf(request->arena, "\"%s.%" PRId64 ".json\"", id, row_int(rows, 0, ACCOUNT_BALANCE_COLUMN_VERSION));
    if (etag == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (etag_answers(request, reply, etag)) {
        return PROBLEM_NONE;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_balance(&writer, &balance);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return request->args[GET_ACCOUNT_BALANCE_AS_OF].present ? render_as_of(request, rows, reply)
                                                            : render_now(request, rows, reply);
}

const struct handler get_account_balance_handler = {.bind = bind, .render = render};
