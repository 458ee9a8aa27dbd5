/* The two statements have the same columns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/eligibility.h"
#include "api/fields.h"
#include "server/clock.h"

#define COLUMN(name) ACCOUNT_CREDIT_ELIGIBILITY_COLUMN_##name
_Static_assert((int)COLUMN(PERIOD_START) == (int)PERSON_CREDIT_ELIGIBILITY_COLUMN_PERIOD_START &&
                   (int)COLUMN(STATUS) == (int)PERSON_CREDIT_ELIGIBILITY_COLUMN_STATUS,
               "the same columns");

static const struct field head[] = {
    {"person_id", COLUMN(PERSON_ID), FIELD_PLAIN},
    {"account_id", COLUMN(ACCOUNT_ID), FIELD_PLAIN},
    {"region_code", COLUMN(POOL_CODE), FIELD_PLAIN},
};

static const struct field plan[] = {
    {"plan_code", COLUMN(PLAN_CODE), FIELD_PLAIN},
    {"period", COLUMN(PERIOD), FIELD_PLAIN},
    {"period_start", COLUMN(PERIOD_SHOWN), FIELD_PLAIN},
    {"eligible", COLUMN(IS_ELIGIBLE), FIELD_PLAIN},
    {"reason", COLUMN(STATUS), FIELD_PLAIN},
    {"first_month", COLUMN(FIRST_MONTH), FIELD_MONTH},
    {"last_month", COLUMN(LAST_MONTH), FIELD_MONTH},
    {"policy_id", COLUMN(POLICY_ID), FIELD_PLAIN},
    {"policy_region_code", COLUMN(POLICY_REGION_CODE), FIELD_PLAIN},
    {"months", COLUMN(MONTHS), FIELD_PLAIN},
    {"age_years", COLUMN(AGE_YEARS), FIELD_PLAIN},
    {"min_age", COLUMN(MIN_AGE), FIELD_PLAIN},
    {"gross_fen", COLUMN(GROSS_FEN), FIELD_PLAIN},
    {"deduction_fen", COLUMN(DEDUCTION_FEN), FIELD_PLAIN},
    {"net_fen", COLUMN(NET_FEN), FIELD_PLAIN},
};

int32_t eligibility_this_month(void)
{
    int32_t year, month, day;
    date_to_civil(clock_date_of(clock_business_us()), &year, &month, &day);
    return date_from_civil(year, month, 1);
}

static int32_t date_or_none(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? CREDIT_NONE : row_date(rows, row, column);
}

static struct eligibility_facts facts_of(const struct rows *rows, int row)
{
    return (struct eligibility_facts){
        .status = row_text(rows, row, COLUMN(STATUS)),
        .is_yearly = span_equal(row_text(rows, row, COLUMN(PERIOD)), SPAN("year")),
        .period_start = row_date(rows, row, COLUMN(PERIOD_START)),
        .first_month = date_or_none(rows, row, COLUMN(FIRST_MONTH)),
        .last_month = date_or_none(rows, row, COLUMN(LAST_MONTH)),
        .posting_month = (int32_t)row_int(rows, row, COLUMN(POSTING_MONTH)),
        .lowest_age = (int32_t)row_int(rows, row, COLUMN(LOWEST_AGE)),
    };
}

bool eligibility_say_status(const struct say *say, const struct eligibility_facts *facts)
{
    eligibility_say(say, facts);
    return true;
}

void eligibility_write_text(struct json_writer *writer, const char *name, enum language language,
                            const struct eligibility_facts *facts,
                            bool (*say)(const struct say *say, const struct eligibility_facts *facts))
{
    struct text text;
    text_init(&text, ELIGIBILITY_TEXT_BYTES);
    const struct say into = {.out = &text, .language = language};
    json_key(writer, name);
    if (say(&into, facts)) {
        json_whole_text(writer, &text);
    } else {
        json_null_value(writer);
    }
    text_fini(&text);
}

static void write_plan(struct json_writer *writer, const struct request *request, const struct rows *rows, int row)
{
    struct eligibility_facts facts = facts_of(rows, row);
    json_object_open(writer);
    fields_write(writer, FIELDS(plan), rows, row);
    eligibility_write_text(writer, "text", request->language, &facts, eligibility_say_status);
    eligibility_write_text(writer, "next_step", request->language, &facts, eligibility_say_next);
    json_object_close(writer);
}

void eligibility_write(const struct request *request, const struct rows *rows, struct reply *reply)
{
    struct json_writer writer;
    char month[8];
    int32_t year, number, day;
    bool is_eligible = false;
    for (int row = 0; row < rows->count; row++) {
        is_eligible = is_eligible || row_bool(rows, row, COLUMN(IS_ELIGIBLE));
    }
    date_to_civil(eligibility_this_month(), &year, &number, &day);
    month_format(12 * year + number - 1, month);
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(head), rows, 0);
    json_key(&writer, "month");
    json_text(&writer, span_of(month));
    json_key(&writer, "eligible");
    json_bool(&writer, is_eligible);
    json_key(&writer, "plans");
    json_array_open(&writer);
    for (int row = 0; row < rows->count; row++) {
        write_plan(&writer, request, rows, row);
    }
    json_array_close(&writer);
    json_object_close(&writer);
}
