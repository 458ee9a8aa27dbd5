/* Column parsers for texts: words, pools, documents, employers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/credit_code.h"
#include "api/identifiers/person_name.h"
#include "cli/import/parse.h"
#include "cli/import/regions.h"

#define TEXT_BYTES_MAX 128      /* contribution.source_document */
#define SHORT_TEXT_BYTES_MAX 64 /* contribution.channel */
#define EMPLOYER_NAME_BYTES_MAX 200

/* Ａ is not A: refused, not guessed at. Full-width brackets and other signs are part of many a document's name. */
static bool has_wide_letter(struct span text)
{
    for (size_t i = 0; i + 2 < text.length; i++) {
        const unsigned char *at = (const unsigned char *)text.bytes + i;
        bool is_digit_or_capital =
            at[1] == 0xBC && ((at[2] >= 0x90 && at[2] <= 0x99) || (at[2] >= 0xA1 && at[2] <= 0xBA));
        bool is_small = at[1] == 0xBD && at[2] >= 0x81 && at[2] <= 0x9A;
        if (at[0] == 0xEF && (is_digit_or_capital || is_small)) {
            return true;
        }
    }
    return false;
}

static enum fault_code parse_bounded(struct span text, size_t maximum_bytes, struct cell *cell)
{
    if (text.length > maximum_bytes) {
        return FAULT_TEXT_TOO_LONG;
    }
    if (text_has_control_character(text) || text_has_invisible_character(text)) {
        return FAULT_TEXT_MALFORMED;
    }
    *cell = (struct cell){.is_set = true, .bytes = text};
    return FAULT_NONE;
}

enum fault_code parse_text(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    return has_wide_letter(text) ? FAULT_TEXT_MALFORMED : parse_bounded(text, TEXT_BYTES_MAX, cell);
}

enum fault_code parse_short_text(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    return parse_bounded(text, SHORT_TEXT_BYTES_MAX, cell);
}

enum fault_code parse_employer_name(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    return parse_bounded(text, EMPLOYER_NAME_BYTES_MAX, cell);
}

enum fault_code parse_name(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    return parse_bounded(text, NAME_BYTES_MAX, cell);
}

enum fault_code parse_word(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    for (const struct word *word = column->words; word->value != NULL; word++) {
        if (words_contain(word->value, text) || words_contain(word->words, text)) {
            *cell = (struct cell){.is_set = true, .bytes = span_of(word->value)};
            return FAULT_NONE;
        }
    }
    return FAULT_WORD_UNKNOWN;
}

enum fault_code parse_pool(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)column;
    bool is_code = text.length == 6;
    for (size_t i = 0; is_code && i < text.length; i++) {
        is_code = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    }
    if (!is_code) {
        return FAULT_POOL_MALFORMED;
    }
    if (row->context->regions != NULL && !regions_cover(row->context->regions, text)) {
        return FAULT_POOL_NOT_ALLOWED;
    }
    *cell = (struct cell){.is_set = true, .bytes = text};
    return FAULT_NONE;
}

enum fault_code parse_employer_code(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)column;
    char *capitals = (char *)row_scratch(row, CREDIT_CODE_LENGTH);
    if (!credit_code_normalise(text, capitals)) {
        return FAULT_EMPLOYER_CODE_MALFORMED;
    }
    struct span code = {.bytes = capitals, .length = CREDIT_CODE_LENGTH};
    bool is_valid = credit_code_check(code) == CREDIT_CODE_VALID;
    *cell = (struct cell){.is_set = true, .bytes = code, .number = is_valid};
    return is_valid ? FAULT_NONE : FAULT_EMPLOYER_CODE_CHECK;
}
