/* Column parsers for what identifies a person: the plain value never leaves the process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/bank_card.h"
#include "api/identifiers/card_number.h"
#include "api/identifiers/phone.h"
#include "cli/import/parse.h"
#include "server/clock.h"

#define YEAR_MIN 1850 /* person.birth_date */

void hash_items_into(struct row *row, enum key_purpose purpose, struct span plain, struct cell *cell)
{
    uint8_t *items = row_scratch(row, KEYED_ITEMS_BYTES);
    size_t length = 0;
    if (!keyring_hash_items(row->context->keyring, purpose, plain, items, &length)) {
        row->context->crypto_failed = true;
        return;
    }
    *cell = (struct cell){.is_set = true, .bytes = {.bytes = (const char *)items, .length = length}};
}

enum fault_code parse_citizen_number(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)column;
    /* Files are mostly sorted by person: the line before often has the same number. */
    bool is_same = row->citizen_number.text[0] != '\0' && text.length == CITIZEN_NUMBER_LENGTH &&
                   memcmp(text.bytes, row->citizen_number.text, CITIZEN_NUMBER_LENGTH) == 0;
    if (!is_same) {
        row->citizen_number.text[0] = '\0';
        struct citizen_number number;
        switch (citizen_number_parse(text, &number)) {
        case CITIZEN_NUMBER_MALFORMED:
            return FAULT_CITIZEN_NUMBER_MALFORMED;
        case CITIZEN_NUMBER_DATE_INVALID:
            return FAULT_CITIZEN_NUMBER_DATE;
        case CITIZEN_NUMBER_CHECK_DIFFERS:
            return FAULT_CITIZEN_NUMBER_CHECK;
        case CITIZEN_NUMBER_VALID:
            break;
        }
        if (number.birth_date > row->context->business_date || number.birth_date < date_from_civil(YEAR_MIN, 1, 1)) {
            return FAULT_CITIZEN_NUMBER_DATE;
        }
        struct span plain = {.bytes = number.text, .length = CITIZEN_NUMBER_LENGTH};
        if (!keyring_hash(row->context->keyring, KEY_HASH_CITIZEN_NUMBER, plain, row->citizen_hash)) {
            row->context->crypto_failed = true;
        }
        row->citizen_number = number;
    }
    *cell = (struct cell){
        .is_set = true,
        .bytes = {.bytes = (const char *)row->citizen_hash, .length = KEYED_HASH_BYTES},
    };
    return FAULT_NONE;
}

enum fault_code parse_card_number(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)column;
    char capitals[CARD_NUMBER_MAX];
    struct span number;
    if (!card_number_normalise(text, capitals, &number)) {
        return FAULT_CARD_NUMBER_MALFORMED;
    }
    hash_items_into(row, KEY_HASH_CARD_NUMBER, number, cell);
    return FAULT_NONE;
}

enum fault_code parse_phone(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    if (!phone_is_valid(text)) {
        return FAULT_PHONE_MALFORMED;
    }
    *cell = (struct cell){.is_set = true, .bytes = text};
    return FAULT_NONE;
}

enum fault_code parse_bank_card(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    (void)row;
    (void)column;
    if (!bank_card_is_valid(text)) {
        return FAULT_BANK_CARD_MALFORMED;
    }
    *cell = (struct cell){.is_set = true, .bytes = text};
    return FAULT_NONE;
}

enum fault_code parse_name_hash(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    struct cell plain;
    enum fault_code fault = parse_name(row, column, text, &plain);
    if (fault == FAULT_NONE) {
        hash_items_into(row, KEY_HASH_NAME, plain.bytes, cell);
    }
    return fault;
}
