/* Writes a transfer: where it is, whose desk has it, until when, what is missing, what becomes of the money. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/transfers/transfer.h"
#include "api/access.h"
#include "api/sealed.h"
#include "api/transfers/transfer_words.h"

#define FIELDS_MAX 12

static const struct field head[] = {
    {"transfer_id", TRANSFER_GET_COLUMN_TRANSFER_ID, FIELD_PLAIN},
    {"person_id", TRANSFER_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"way", TRANSFER_GET_COLUMN_WAY, FIELD_PLAIN},
    {"state", TRANSFER_GET_COLUMN_STATE, FIELD_PLAIN},
};

static const struct field from[] = {
    {"region_code", TRANSFER_GET_COLUMN_FROM_POOL_CODE, FIELD_PLAIN},
    {"region_name", TRANSFER_GET_COLUMN_FROM_POOL_NAME, FIELD_PLAIN},
    {"scheme", TRANSFER_GET_COLUMN_FROM_SCHEME, FIELD_PLAIN},
    {"enrolment_id", TRANSFER_GET_COLUMN_FROM_ENROLMENT_ID, FIELD_PLAIN},
    {"account_id", TRANSFER_GET_COLUMN_FROM_ACCOUNT_ID, FIELD_PLAIN},
};

static const struct field to[] = {
    {"region_code", TRANSFER_GET_COLUMN_TO_POOL_CODE, FIELD_PLAIN},
    {"region_name", TRANSFER_GET_COLUMN_TO_POOL_NAME, FIELD_PLAIN},
    {"scheme", TRANSFER_GET_COLUMN_TO_SCHEME, FIELD_PLAIN},
    {"enrolment_id", TRANSFER_GET_COLUMN_TO_ENROLMENT_ID, FIELD_PLAIN},
    {"account_id", TRANSFER_GET_COLUMN_TO_ACCOUNT_ID, FIELD_PLAIN},
};

static const struct field money[] = {
    {"effect", TRANSFER_GET_COLUMN_MONEY, FIELD_PLAIN},
    {"amount_fen", TRANSFER_GET_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"current_year_fen", TRANSFER_GET_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", TRANSFER_GET_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"withdrawal_id", TRANSFER_GET_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"payout", TRANSFER_GET_COLUMN_PAYOUT, FIELD_JSON},
};

static const struct field desk[] = {
    {"desks", TRANSFER_GET_COLUMN_DESKS, FIELD_JSON},
    {"due_on", TRANSFER_GET_COLUMN_DUE_ON, FIELD_PLAIN},
    {"working_days_left", TRANSFER_GET_COLUMN_WORKING_DAYS_LEFT, FIELD_PLAIN},
};

static const struct field tail[] = {
    {"possible", TRANSFER_GET_COLUMN_POSSIBLE, FIELD_JSON},
    {"moves_on", TRANSFER_GET_COLUMN_MOVES_ON, FIELD_PLAIN},
    {"months_moved", TRANSFER_GET_COLUMN_MONTHS_MOVED, FIELD_PLAIN},
    {"reason_code", TRANSFER_GET_COLUMN_REASON_CODE, FIELD_PLAIN},
    {"note", TRANSFER_GET_COLUMN_NOTE, FIELD_PLAIN},
    {"created_at", TRANSFER_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"entered_at", TRANSFER_GET_COLUMN_ENTERED_AT, FIELD_PLAIN},
    {"ended_at", TRANSFER_GET_COLUMN_ENDED_AT, FIELD_PLAIN},
};

/* A row of a statement in which a transfer begins at another column than in transfer_get. */
struct place {
    const struct rows *rows;
    int row, first;
};

static void write_fields(struct json_writer *writer, const struct field *fields, size_t count, struct place place)
{
    struct field shifted[FIELDS_MAX];
    for (size_t i = 0; i < count; i++) {
        shifted[i] = fields[i];
        shifted[i].column += place.first;
    }
    fields_write(writer, shifted, count, place.rows, place.row);
}

static struct span text_at(struct place place, int column)
{
    return row_text(place.rows, place.row, place.first + column);
}

static void write_side(struct json_writer *writer, const char *name, const struct field *fields, size_t count,
                       struct place place)
{
    json_key(writer, name);
    json_object_open(writer);
    write_fields(writer, fields, count, place);
    json_object_close(writer);
}

static bool write_money(struct request *request, struct json_writer *writer, struct place place)
{
    struct uuid transfer_id = row_uuid(place.rows, place.row, place.first + TRANSFER_GET_COLUMN_TRANSFER_ID);
    json_key(writer, "money");
    json_object_open(writer);
    write_fields(writer, FIELDS(money), place);
    bool is_open = sealed_write_masked(request, writer, "bank_card_masked", "transfer.bank_card", transfer_id,
                                       text_at(place, TRANSFER_GET_COLUMN_BANK_CARD_SEALED), mask_bank_card);
    json_key(writer, "text");
    json_text(writer, transfer_money_text(text_at(place, TRANSFER_GET_COLUMN_MONEY), request->language));
    json_object_close(writer);
    return is_open;
}

bool transfer_write(struct request *request, const struct rows *rows, int row, int first, struct json_writer *writer)
{
    struct place place = {.rows = rows, .row = row, .first = first};
    bool is_english = request->language == LANGUAGE_EN;
    json_object_open(writer);
    write_fields(writer, FIELDS(head), place);
    json_key(writer, "text");
    json_text(writer, transfer_state_text(text_at(place, TRANSFER_GET_COLUMN_MACHINE),
                                          text_at(place, TRANSFER_GET_COLUMN_WORDS), request->language));
    write_side(writer, "from", FIELDS(from), place);
    write_side(writer, "to", FIELDS(to), place);
    bool is_open = write_money(request, writer, place);
    write_fields(writer, FIELDS(desk), place);
    json_key(writer, "missing");
    json_raw(writer, text_at(place, is_english ? TRANSFER_GET_COLUMN_MISSING_EN : TRANSFER_GET_COLUMN_MISSING_ZH));
    write_fields(writer, FIELDS(tail), place);
    json_object_close(writer);
    return is_open;
}

bool transfer_may_see(const struct request *request, struct uuid person_id, struct span from_pool_code,
                      struct span to_pool_code)
{
    return access_may_see(request, person_id, from_pool_code) || access_may_see(request, person_id, to_pool_code);
}
