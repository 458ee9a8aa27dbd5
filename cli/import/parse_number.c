/* Column parsers for months, dates and amounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/money.h"
#include "cli/import/parse.h"
#include "server/clock.h"

#define YEAR_MIN 1950 /* deemed years reach back to the first wage records */
#define AMOUNT_MAX_FEN                                                                                                 \
    10000000000 /* 100 million yuan: far beyond any payment, and sums of 900,000 of them fit an account */

static bool read_digits(struct span text, size_t from, size_t count, int32_t *value)
{
    *value = 0;
    if (from + count > text.length) {
        return false;
    }
    for (size_t i = from; i < from + count; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
        *value = *value * 10 + (text.bytes[i] - '0');
    }
    return true;
}

static bool has_suffix(struct span text, size_t from, const char *suffix)
{
    return span_equal((struct span){.bytes = text.bytes + from, .length = text.length - from}, span_of(suffix));
}

/* YYYY年M月 or YYYY年MM月 */
static bool chinese_month(struct span text, int32_t *year, int32_t *month)
{
    static const char year_sign[] = "年";
    size_t sign = sizeof(year_sign) - 1;
    if (text.length < 4 + sign || memcmp(text.bytes + 4, year_sign, sign) != 0 || !read_digits(text, 0, 4, year)) {
        return false;
    }
    if (read_digits(text, 4 + sign, 2, month)) {
        return has_suffix(text, 4 + sign + 2, "月");
    }
    return read_digits(text, 4 + sign, 1, month) && has_suffix(text, 4 + sign + 1, "月");
}

static bool read_period(struct span text, int32_t *year, int32_t *month)
{
    *month = 1;
    if (text.length == 4) {
        return read_digits(text, 0, 4, year);
    }
    if (text.length == 7 && read_digits(text, 0, 4, year) && has_suffix(text, 4, "年")) {
        return true;
    }
    if (text.length == 6) {
        return read_digits(text, 0, 4, year) && read_digits(text, 4, 2, month);
    }
    if (text.length == 7) {
        return text.bytes[4] == '-' && read_digits(text, 0, 4, year) && read_digits(text, 5, 2, month);
    }
    return chinese_month(text, year, month);
}

/* The first day. A year without month keeps its text, which tells the row so: see period_is_year. */
enum fault_code parse_period(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    int32_t year;
    int32_t month;
    if (!read_period(text, &year, &month) || month < 1 || month > 12) {
        return FAULT_MONTH_MALFORMED;
    }
    if (year < YEAR_MIN) {
        return FAULT_MONTH_OUT_OF_RANGE;
    }
    bool is_year = text.length == 4 || (text.length == 7 && has_suffix(text, 4, "年"));
    *cell = (struct cell){
        .is_set = true,
        .number = date_from_civil(year, month, 1),
        .bytes = is_year ? text : (struct span){0},
    };
    return FAULT_NONE;
}

static enum fault_code parse_date(struct span text, int32_t *days)
{
    int32_t year = 0;
    int32_t month = 0;
    int32_t day = 0;
    bool is_compact = text.length == 8 && read_digits(text, 0, 4, &year) && read_digits(text, 4, 2, &month) &&
                      read_digits(text, 6, 2, &day);
    char dashed[11];
    if (is_compact) {
        memcpy(dashed, text.bytes, 4);
        memcpy(dashed + 5, text.bytes + 4, 2);
        memcpy(dashed + 8, text.bytes + 6, 2);
        dashed[4] = dashed[7] = '-';
        text = (struct span){.bytes = dashed, .length = 10};
    }
    if (!date_parse(text, days)) {
        return FAULT_DATE_MALFORMED;
    }
    return *days < date_from_civil(YEAR_MIN, 1, 1) ? FAULT_DATE_OUT_OF_RANGE : FAULT_NONE;
}

enum fault_code parse_past_date(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)column;
    int32_t days;
    enum fault_code fault = parse_date(text, &days);
    if (fault != FAULT_NONE) {
        return fault;
    }
    if (days > row->context->business_date) {
        return FAULT_DATE_IN_FUTURE;
    }
    *cell = (struct cell){.is_set = true, .number = days};
    return FAULT_NONE;
}

enum fault_code parse_signed_amount(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    int64_t amount_fen;
    switch (money_parse_yuan(text, &amount_fen)) {
    case MONEY_MALFORMED:
        return FAULT_AMOUNT_MALFORMED;
    case MONEY_TOO_PRECISE:
        return FAULT_AMOUNT_TOO_PRECISE;
    case MONEY_OUT_OF_RANGE:
        return FAULT_AMOUNT_OUT_OF_RANGE;
    case MONEY_VALID:
        break;
    }
    if (amount_fen > AMOUNT_MAX_FEN || amount_fen < -AMOUNT_MAX_FEN) {
        return FAULT_AMOUNT_OUT_OF_RANGE;
    }
    *cell = (struct cell){.is_set = true, .number = amount_fen};
    return FAULT_NONE;
}

enum fault_code parse_amount(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    enum fault_code fault = parse_signed_amount(row, column, text, cell);
    if (fault != FAULT_NONE) {
        return fault;
    }
    return cell->number < 0 ? FAULT_AMOUNT_NEGATIVE : FAULT_NONE;
}
