/* GET /v1/accounts/{account_id}/credits/forecast: what is to come, by what is known today. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credits/eligibility.h"
#include "api/fields.h"

#define COLUMN(name) ACCOUNT_CREDIT_FORECAST_COLUMN_##name

static const struct field head[] = {
    {"account_id", COLUMN(ACCOUNT_ID), FIELD_PLAIN},
    {"region_code", COLUMN(POOL_CODE), FIELD_PLAIN},
    {"from", COLUMN(FROM_MONTH), FIELD_MONTH},
    {"to", COLUMN(TO_MONTH), FIELD_MONTH},
    {"total", COLUMN(ACCOUNT_ID), FIELD_OBJECT},
    {"gross_fen", COLUMN(GROSS_SUM_FEN), FIELD_PLAIN},
    {"deduction_fen", COLUMN(DEDUCTION_SUM_FEN), FIELD_PLAIN},
    {"net_fen", COLUMN(NET_SUM_FEN), FIELD_PLAIN},
    FIELD_OBJECT_END,
};

static const struct field month[] = {
    {"month", COLUMN(MONTH), FIELD_MONTH},
    {"plan_code", COLUMN(PLAN_CODE), FIELD_PLAIN},
    {"period", COLUMN(PERIOD), FIELD_PLAIN},
    {"period_start", COLUMN(PERIOD_SHOWN), FIELD_PLAIN},
    {"reason", COLUMN(STATUS), FIELD_PLAIN},
    {"policy_id", COLUMN(POLICY_ID), FIELD_PLAIN},
    {"months", COLUMN(MONTHS), FIELD_PLAIN},
    {"age_years", COLUMN(AGE_YEARS), FIELD_PLAIN},
    {"min_age", COLUMN(MIN_AGE), FIELD_PLAIN},
    {"gross_fen", COLUMN(GROSS_FEN), FIELD_PLAIN},
    {"deduction_fen", COLUMN(DEDUCTION_FEN), FIELD_PLAIN},
    {"net_fen", COLUMN(NET_FEN), FIELD_PLAIN},
};

static const struct field tier[] = {
    {"plan_code", COLUMN(PLAN_CODE), FIELD_PLAIN},
    {"month", COLUMN(TIER_MONTH), FIELD_MONTH},
    {"min_age", COLUMN(TIER_MIN_AGE), FIELD_PLAIN},
    {"gross_fen", COLUMN(TIER_GROSS_FEN), FIELD_PLAIN},
    {"deduction_fen", COLUMN(TIER_DEDUCTION_FEN), FIELD_PLAIN},
    {"net_fen", COLUMN(TIER_NET_FEN), FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[FORECAST_ACCOUNT_CREDITS_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_CREDIT_FORECAST);
    call_int(call, ACCOUNT_CREDIT_FORECAST_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_CREDIT_FORECAST_PARAM_ACCOUNT_ID, account_id);
    call_date(call, ACCOUNT_CREDIT_FORECAST_PARAM_THIS_MONTH, eligibility_this_month());
    call_int(call, ACCOUNT_CREDIT_FORECAST_PARAM_MONTHS, request->args[FORECAST_ACCOUNT_CREDITS_MONTHS].number);
    return PROBLEM_NONE;
}

static int32_t date_or_none(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? CREDIT_NONE : row_date(rows, row, column);
}

/* That it is a forecast, and what it comes to. */
static void say_sum(const struct say *say, const struct rows *rows)
{
    int64_t net_fen = row_int(rows, 0, COLUMN(NET_SUM_FEN));
    int32_t from = date_or_none(rows, 0, COLUMN(FROM_MONTH)), to = date_or_none(rows, 0, COLUMN(TO_MONTH));
    say_words(say, "按目前登记的信息和已公布的标准，预计", "By what is on record and in force today, ");
    if (net_fen == 0) {
        say_words(say, "没有划入", "nothing is expected");
    } else {
        if (say->language == LANGUAGE_EN) {
            say_money(say, net_fen);
            say_words(say, "", from == to ? " are expected for " : " are expected from ");
        }
        say_month(say, from);
        if (from != to) {
            say_words(say, "至", " to ");
            say_month(say, to);
        }
        if (say->language == LANGUAGE_ZH) {
            say_words(say, "共入账", "");
            say_money(say, net_fen);
        }
    }
    say_words(say, "。这是预计，实际以到账为准。", ". This is a forecast: what is posted counts.");
}

static void say_tier(const struct say *say, const struct rows *rows, int row)
{
    bool is_yearly = span_equal(row_text(rows, row, COLUMN(PERIOD)), SPAN("year"));
    int64_t deduction_fen = row_int(rows, row, COLUMN(TIER_DEDUCTION_FEN));
    say_words(say, "从", "From ");
    say_month(say, row_date(rows, row, COLUMN(TIER_MONTH)));
    say_words(say, "起，您适用", " on, the tier of ages ");
    say_number(say, row_int(rows, row, COLUMN(TIER_MIN_AGE)));
    say_words(say, is_yearly ? "周岁及以上的一档，每年应划入" : "周岁及以上的一档，每月应划入",
              " and over applies to you: ");
    say_money(say, row_int(rows, row, COLUMN(TIER_GROSS_FEN)));
    say_words(say, "", is_yearly ? " a year" : " a month");
    if (deduction_fen == 0) {
        say_words(say, "，没有扣款。", ", and nothing is deducted.");
        return;
    }
    say_words(say, "，扣除大病保险", ", of which ");
    say_money(say, deduction_fen);
    say_words(say, "，入账", " are deducted for critical illness insurance, and ");
    say_money(say, row_int(rows, row, COLUMN(TIER_NET_FEN)));
    say_words(say, "。", " remain.");
}

static void write_months(struct json_writer *writer, const struct request *request, const struct rows *rows)
{
    json_key(writer, "data");
    json_array_open(writer);
    for (int row = 0; row < rows->count && !row_is_null(rows, row, COLUMN(MONTH)); row++) {
        struct eligibility_facts facts = {
            .status = row_text(rows, row, COLUMN(STATUS)),
            .is_yearly = span_equal(row_text(rows, row, COLUMN(PERIOD)), SPAN("year")),
            .period_start = row_date(rows, row, COLUMN(PERIOD_START)),
            .first_month = date_or_none(rows, row, COLUMN(FIRST_MONTH)),
            .last_month = date_or_none(rows, row, COLUMN(LAST_MONTH)),
            .posting_month = (int32_t)row_int(rows, row, COLUMN(POSTING_MONTH)),
            .lowest_age = (int32_t)row_int(rows, row, COLUMN(LOWEST_AGE)),
        };
        json_object_open(writer);
        fields_write(writer, FIELDS(month), rows, row);
        eligibility_write_text(writer, "text", request->language, &facts, eligibility_say_status);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void write_tiers(struct json_writer *writer, const struct say *say, const struct rows *rows)
{
    json_key(writer, "next_tiers");
    json_array_open(writer);
    for (int row = 0; row < rows->count; row++) {
        if (row_is_null(rows, row, COLUMN(TIER_MONTH)) || !row_bool(rows, row, COLUMN(IS_FIRST))) {
            continue;
        }
        text_clear(say->out);
        say_tier(say, rows, row);
        json_object_open(writer);
        fields_write(writer, FIELDS(tier), rows, row);
        json_key(writer, "text");
        json_whole_text(writer, say->out);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 ||
        !access_may_see(request, row_uuid(rows, 0, COLUMN(PERSON_ID)), row_text(rows, 0, COLUMN(POOL_CODE)))) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    struct text text;
    text_init(&text, ELIGIBILITY_TEXT_BYTES);
    const struct say say = {.out = &text, .language = request->language};
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(head), rows, 0);
    json_key(&writer, "text");
    say_sum(&say, rows);
    json_whole_text(&writer, &text);
    write_months(&writer, request, rows);
    write_tiers(&writer, &say, rows);
    json_object_close(&writer);
    text_fini(&text);
    return PROBLEM_NONE;
}

const struct handler forecast_account_credits_handler = {.bind = bind, .render = render};
