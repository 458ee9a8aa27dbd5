/* What changed is told from the row before the difference, for `reason` says only the kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/credit_facts.h"

#define COLUMN(name) CREDIT_EXPLANATION_COLUMN_##name

static int32_t date_or_none(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? CREDIT_NONE : row_date(rows, row, column);
}

static int32_t number_or_none(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? CREDIT_NONE : (int32_t)row_int(rows, row, column);
}

static bool is_fraction(const struct rows *rows, int row, int dividend, int divisor)
{
    bool is_known = !row_is_null(rows, row, dividend) && !row_is_null(rows, row, divisor);
    return is_known && row_int(rows, row, dividend) % row_int(rows, row, divisor) != 0;
}

/* What is due has changed with the data on record; of a year also by a death within it. */
static enum credit_cause cause_of_person(const struct rows *rows, int row)
{
    if (row_bool(rows, row, COLUMN(IS_OTHER_BIRTH_DATE))) {
        return CREDIT_BIRTH;
    }
    if (row_bool(rows, row, COLUMN(IS_OTHER_FIRST_MONTH))) {
        return CREDIT_RETIREMENT;
    }
    bool is_death = row_bool(rows, row, COLUMN(IS_OTHER_LAST_MONTH)) && row_bool(rows, row, COLUMN(IS_PAST_LAST_MONTH));
    return is_death ? CREDIT_DEATH : CREDIT_REVIEWED;
}

/* Not entitled: after the death, before the first month, or not enrolled. */
static enum credit_cause cause_of_refusal(const struct rows *rows, int row)
{
    if (row_bool(rows, row, COLUMN(IS_PAST_LAST_MONTH))) {
        return CREDIT_DEATH;
    }
    return row_bool(rows, row, COLUMN(IS_BEFORE_FIRST_MONTH)) ? CREDIT_RETIREMENT : CREDIT_ENROLMENT;
}

static enum credit_cause cause_of(const struct rows *rows, int row, bool is_copy)
{
    struct span reason = row_text(rows, row, COLUMN(REASON));
    if (is_copy || row_int(rows, row, COLUMN(REVISION)) == 0) {
        return CREDIT_REGULAR;
    }
    if (span_equal(reason, SPAN("policy"))) {
        return CREDIT_POLICY;
    }
    if (span_equal(reason, SPAN("person"))) {
        return cause_of_person(rows, row);
    }
    if (span_equal(reason, SPAN("not_entitled"))) {
        return cause_of_refusal(rows, row);
    }
    return span_equal(reason, SPAN("merged")) ? CREDIT_MERGED : CREDIT_REVIEWED;
}

static void read_policy(const struct rows *rows, int row, struct credit_facts *facts)
{
    facts->pool_code = row_text(rows, row, COLUMN(POOL_CODE));
    facts->pool_name = row_text(rows, row, COLUMN(POOL_NAME));
    facts->policy_region_code = row_text(rows, row, COLUMN(POLICY_REGION_CODE));
    facts->policy_region_name = row_text(rows, row, COLUMN(POLICY_REGION_NAME));
    facts->legal_basis = row_text(rows, row, COLUMN(LEGAL_BASIS));
    facts->effective_from = row_date(rows, row, COLUMN(EFFECTIVE_FROM));
    facts->is_ratio = span_equal(row_text(rows, row, COLUMN(PLAN_KIND)), SPAN("ratio"));
    facts->rounds_down = span_equal(row_text(rows, row, COLUMN(ROUNDING)), SPAN("down"));
    facts->base_fen = row_int(rows, row, COLUMN(BASE_FEN));
    facts->ratio_bp = row_int(rows, row, COLUMN(RATIO_BP));
    facts->amount_fen = row_int(rows, row, COLUMN(AMOUNT_FEN));
    facts->is_gross_rounded = is_fraction(rows, row, COLUMN(GROSS_DIVIDEND), COLUMN(GROSS_DIVISOR));
    facts->is_deduction_rounded = is_fraction(rows, row, COLUMN(DEDUCTION_DIVIDEND), COLUMN(PERIOD_MONTHS));
}

static struct credit_sums sums_of(const struct rows *rows, int row, int gross, int deduction)
{
    return (struct credit_sums){.gross_fen = row_int(rows, row, gross), .deduction_fen = row_int(rows, row, deduction)};
}

void credit_facts_read(const struct rows *rows, int row, struct credit_facts *facts)
{
    bool is_copy = !row_is_null(rows, row, COLUMN(ORIGIN_CREDIT_ID));
    *facts = (struct credit_facts){
        .cause = cause_of(rows, row, is_copy),
        .is_deceased = row_bool(rows, row, COLUMN(IS_DECEASED)),
        .is_copy = is_copy,
        .birth_date = date_or_none(rows, row, COLUMN(BIRTH_DATE)),
        .age_on = row_date(rows, row, COLUMN(AGE_ON)),
        .age_years = (int32_t)row_int(rows, row, COLUMN(AGE_YEARS)),
        .min_age = (int32_t)row_int(rows, row, COLUMN(MIN_AGE)),
        .below_age = number_or_none(rows, row, COLUMN(BELOW_AGE)),
        .is_yearly = span_equal(row_text(rows, row, COLUMN(PERIOD)), SPAN("year")),
        .period_start = row_date(rows, row, COLUMN(PERIOD_START)),
        .months = (int32_t)row_int(rows, row, COLUMN(MONTHS)),
        .retired_month = row_date(rows, row, COLUMN(RETIRED_MONTH)),
        .first_month = row_date(rows, row, COLUMN(FIRST_MONTH)),
        .last_month = date_or_none(rows, row, COLUMN(LAST_MONTH)),
        .due = sums_of(rows, row, COLUMN(DUE_GROSS_FEN), COLUMN(DUE_DEDUCTION_FEN)),
        .credited = sums_of(rows, row, COLUMN(CREDITED_GROSS_FEN), COLUMN(CREDITED_DEDUCTION_FEN)),
        .posted = sums_of(rows, row, COLUMN(GROSS_FEN), COLUMN(DEDUCTION_FEN)),
        .receivable_fen = row_int(rows, row, COLUMN(RECEIVABLE_FEN)),
    };
    read_policy(rows, row, facts);
}
