/* Rows of coverage_rules: as rules, and as the numbers that a reply names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/coverage_rules.h"
#include "api/fields.h"

static const struct field origin_fields[] = {
    {"region_code", COVERAGE_RULES_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"effective_from", COVERAGE_RULES_COLUMN_EFFECTIVE_FROM, FIELD_PLAIN},
    {"source", COVERAGE_RULES_COLUMN_SOURCE, FIELD_PLAIN},
};

static const struct field employee_fields[] = {
    {"payment_deadline_day", COVERAGE_RULES_COLUMN_PAYMENT_DEADLINE_DAY, FIELD_PLAIN},
    {"benefits_grace_months", COVERAGE_RULES_COLUMN_BENEFITS_GRACE_MONTHS, FIELD_PLAIN},
    {"usable_while_suspended", COVERAGE_RULES_COLUMN_USABLE_WHILE_SUSPENDED, FIELD_PLAIN},
    {"back_payable_gap_months", COVERAGE_RULES_COLUMN_BACK_PAYABLE_GAP_MONTHS, FIELD_PLAIN},
    {"waiting_months", COVERAGE_RULES_COLUMN_WAITING_MONTHS, FIELD_PLAIN},
    {"bridge_min_continuous_months", COVERAGE_RULES_COLUMN_BRIDGE_MIN_CONTINUOUS_MONTHS, FIELD_PLAIN},
    {"deemed_record_months", COVERAGE_RULES_COLUMN_DEEMED_RECORD_MONTHS, FIELD_PLAIN},
    {"retirement_years_male", COVERAGE_RULES_COLUMN_RETIREMENT_YEARS_MALE, FIELD_PLAIN},
    {"retirement_years_female", COVERAGE_RULES_COLUMN_RETIREMENT_YEARS_FEMALE, FIELD_PLAIN},
};

static const struct field resident_fields[] = {
    {"first_counted_year", COVERAGE_RULES_COLUMN_FIRST_COUNTED_YEAR, FIELD_PLAIN},
    {"fixed_wait_months", COVERAGE_RULES_COLUMN_FIXED_WAIT_MONTHS, FIELD_PLAIN},
    {"variable_wait_months", COVERAGE_RULES_COLUMN_VARIABLE_WAIT_MONTHS, FIELD_PLAIN},
    {"repaired_wait_months", COVERAGE_RULES_COLUMN_REPAIRED_WAIT_MONTHS, FIELD_PLAIN},
    {"long_break_years", COVERAGE_RULES_COLUMN_LONG_BREAK_YEARS, FIELD_PLAIN},
    {"long_break_wait_months", COVERAGE_RULES_COLUMN_LONG_BREAK_WAIT_MONTHS, FIELD_PLAIN},
    {"newborn_days", COVERAGE_RULES_COLUMN_NEWBORN_DAYS, FIELD_PLAIN},
    {"switch_gap_months", COVERAGE_RULES_COLUMN_SWITCH_GAP_MONTHS, FIELD_PLAIN},
    {"exempt_groups", COVERAGE_RULES_COLUMN_EXEMPT_GROUPS, FIELD_WORDS},
    {"window_opens_month", COVERAGE_RULES_COLUMN_WINDOW_OPENS_MONTH, FIELD_PLAIN},
    {"window_opens_day", COVERAGE_RULES_COLUMN_WINDOW_OPENS_DAY, FIELD_PLAIN},
    {"window_closes_month", COVERAGE_RULES_COLUMN_WINDOW_CLOSES_MONTH, FIELD_PLAIN},
    {"window_closes_day", COVERAGE_RULES_COLUMN_WINDOW_CLOSES_DAY, FIELD_PLAIN},
};

static int32_t number_or(const struct rows *rows, int row, int column, int32_t missing)
{
    return row_is_null(rows, row, column) ? missing : (int32_t)row_int(rows, row, column);
}

static int32_t number(const struct rows *rows, int row, int column)
{
    return number_or(rows, row, column, 0);
}

struct coverage_employee_rule coverage_employee_rule_of(const struct rows *rows, int row)
{
    return (struct coverage_employee_rule){
        .payment_deadline_day = number(rows, row, COVERAGE_RULES_COLUMN_PAYMENT_DEADLINE_DAY),
        .benefits_grace_months = number(rows, row, COVERAGE_RULES_COLUMN_BENEFITS_GRACE_MONTHS),
        .back_payable_gap_months = number(rows, row, COVERAGE_RULES_COLUMN_BACK_PAYABLE_GAP_MONTHS),
        .waiting_months = number(rows, row, COVERAGE_RULES_COLUMN_WAITING_MONTHS),
        .bridge_min_continuous_months = number(rows, row, COVERAGE_RULES_COLUMN_BRIDGE_MIN_CONTINUOUS_MONTHS),
        .deemed_record_months = number(rows, row, COVERAGE_RULES_COLUMN_DEEMED_RECORD_MONTHS),
        .retirement_years_male = number(rows, row, COVERAGE_RULES_COLUMN_RETIREMENT_YEARS_MALE),
        .retirement_years_female = number(rows, row, COVERAGE_RULES_COLUMN_RETIREMENT_YEARS_FEMALE),
        .usable_while_suspended = row_bool(rows, row, COVERAGE_RULES_COLUMN_USABLE_WHILE_SUSPENDED),
    };
}

/* Whether a word is among those joined by commas. */
static bool has_word(struct span words, struct span word)
{
    size_t start = 0;
    while (word.length > 0 && start < words.length) {
        const char *comma = memchr(words.bytes + start, ',', words.length - start);
        size_t length = comma == NULL ? words.length - start : (size_t)(comma - words.bytes) - start;
        if (span_equal((struct span){.bytes = words.bytes + start, .length = length}, word)) {
            return true;
        }
        start += length + 1;
    }
    return false;
}

struct coverage_resident_rule coverage_resident_rule_of(const struct rows *rows, int row, struct span exempt_group)
{
    return (struct coverage_resident_rule){
        .first_counted_year = number(rows, row, COVERAGE_RULES_COLUMN_FIRST_COUNTED_YEAR),
        .fixed_wait_months = number(rows, row, COVERAGE_RULES_COLUMN_FIXED_WAIT_MONTHS),
        .variable_wait_months = number(rows, row, COVERAGE_RULES_COLUMN_VARIABLE_WAIT_MONTHS),
        .repaired_wait_months = number(rows, row, COVERAGE_RULES_COLUMN_REPAIRED_WAIT_MONTHS),
        .long_break_years = number(rows, row, COVERAGE_RULES_COLUMN_LONG_BREAK_YEARS),
        .long_break_wait_months = number(rows, row, COVERAGE_RULES_COLUMN_LONG_BREAK_WAIT_MONTHS),
        .newborn_days = number(rows, row, COVERAGE_RULES_COLUMN_NEWBORN_DAYS),
        .switch_gap_months = number_or(rows, row, COVERAGE_RULES_COLUMN_SWITCH_GAP_MONTHS, COVERAGE_NONE),
        .window_opens_month = number(rows, row, COVERAGE_RULES_COLUMN_WINDOW_OPENS_MONTH),
        .window_opens_day = number(rows, row, COVERAGE_RULES_COLUMN_WINDOW_OPENS_DAY),
        .window_closes_month = number(rows, row, COVERAGE_RULES_COLUMN_WINDOW_CLOSES_MONTH),
        .window_closes_day = number(rows, row, COVERAGE_RULES_COLUMN_WINDOW_CLOSES_DAY),
        .exempts_person = has_word(row_text(rows, row, COVERAGE_RULES_COLUMN_EXEMPT_GROUPS), exempt_group),
    };
}

void coverage_write_rule(struct json_writer *writer, const struct rows *rows, int row, enum coverage_scheme scheme)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(origin_fields), rows, row);
    json_key(writer, "numbers");
    if (scheme == COVERAGE_EMPLOYEE) {
        fields_write_object(writer, FIELDS(employee_fields), rows, row);
    } else {
        fields_write_object(writer, FIELDS(resident_fields), rows, row);
    }
    json_object_close(writer);
}
