/* GET /v1/hotline/balance: the words that tell a caller what is in the account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/hotline/balance_words.h"
#include "api/hotline/caller.h"
#include "api/hotline/hotline_reply.h"

struct facts {
    struct balance_facts spoken;
    struct span pool_code;
    int64_t changed_at_us;
};

static enum problem bind(struct request *request, struct call *call)
{
    static const struct caller_args args = {.number = GET_HOTLINE_BALANCE_CALLER_NUMBER,
                                            .pin = GET_HOTLINE_BALANCE_CALLER_PIN,
                                            .phone = GET_HOTLINE_BALANCE_CALLER_PHONE};
    return caller_bind(request, &args, call);
}

static void ask(struct request *request, int64_t person_key, struct call *call)
{
    call_init(call, STATEMENT_HOTLINE_BALANCE);
    call_int(call, HOTLINE_BALANCE_PARAM_PERSON_KEY, person_key);
    access_bind_visible(request, call, HOTLINE_BALANCE_PARAM_VISIBLE);
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    return caller_proceed(request, rows, call, ask);
}

static struct facts read_facts(const struct rows *rows)
{
    struct facts facts = {.spoken.has_account = !row_is_null(rows, 0, HOTLINE_BALANCE_COLUMN_POOL_CODE)};
    facts.spoken.others_count = row_int(rows, 0, HOTLINE_BALANCE_COLUMN_OTHERS_COUNT);
    facts.spoken.others_fen = row_int(rows, 0, HOTLINE_BALANCE_COLUMN_OTHERS_FEN);
    if (!facts.spoken.has_account) {
        facts.spoken.reason = row_text(rows, 0, HOTLINE_BALANCE_COLUMN_REASON);
        return facts;
    }
    facts.pool_code = row_text(rows, 0, HOTLINE_BALANCE_COLUMN_POOL_CODE);
    facts.spoken.region_name = row_text(rows, 0, HOTLINE_BALANCE_COLUMN_POOL_NAME);
    facts.spoken.status = row_text(rows, 0, HOTLINE_BALANCE_COLUMN_STATUS);
    facts.spoken.balance_fen = row_int(rows, 0, HOTLINE_BALANCE_COLUMN_BALANCE_FEN);
    facts.spoken.held_fen = row_int(rows, 0, HOTLINE_BALANCE_COLUMN_HELD_FEN);
    facts.changed_at_us = row_instant(rows, 0, HOTLINE_BALANCE_COLUMN_CHANGED_AT);
    return facts;
}

static void say(const struct speech *speech, const void *facts)
{
    balance_words(speech, &((const struct facts *)facts)->spoken);
}

static void write_account(struct json_writer *writer, const struct facts *facts)
{
    const struct balance_facts *spoken = &facts->spoken;
    json_object_open(writer);
    json_key(writer, "region_code");
    json_text(writer, facts->pool_code);
    json_key(writer, "region_name");
    json_text(writer, spoken->region_name);
    json_key(writer, "status");
    json_text(writer, spoken->status);
    json_key(writer, "balance_fen");
    json_int(writer, spoken->balance_fen);
    json_key(writer, "held_fen");
    json_int(writer, spoken->held_fen);
    json_key(writer, "available_fen");
    json_int(writer, spoken->balance_fen - spoken->held_fen);
    json_key(writer, "as_of");
    json_instant(writer, facts->changed_at_us);
    json_object_close(writer);
}

static void write(struct json_writer *writer, const void *object)
{
    const struct facts *facts = object;
    const struct balance_facts *spoken = &facts->spoken;
    json_key(writer, "account");
    if (spoken->has_account) {
        write_account(writer, facts);
    } else {
        json_null_value(writer);
    }
    json_key(writer, "no_account_reason");
    if (spoken->has_account) {
        json_null_value(writer);
    } else {
        json_text(writer, spoken->reason);
    }
    json_key(writer, "others_count");
    json_int(writer, spoken->others_count);
    json_key(writer, "others_balance_fen");
    json_int(writer, spoken->others_fen);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = caller_refusal(request, reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct facts facts = read_facts(rows);
    return hotline_reply(request, reply, &facts, say, write);
}

const struct handler get_hotline_balance_handler = {
    .bind = bind, .work = caller_work, .proceed = proceed, .render = render};
