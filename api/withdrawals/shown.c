/* Writes one withdrawal, with card and name masked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/shown.h"
#include "api/fields.h"
#include "api/withdrawals/payee.h"

static const struct field fields[] = {
    {"withdrawal_id", WITHDRAWAL_LIST_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"person_id", WITHDRAWAL_LIST_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", WITHDRAWAL_LIST_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"transfer_id", WITHDRAWAL_LIST_COLUMN_TRANSFER_ID, FIELD_PLAIN},
    {"region_code", WITHDRAWAL_LIST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"reason", WITHDRAWAL_LIST_COLUMN_REASON, FIELD_PLAIN},
    {"state", WITHDRAWAL_LIST_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", WITHDRAWAL_LIST_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"current_year_fen", WITHDRAWAL_LIST_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", WITHDRAWAL_LIST_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"created_at", WITHDRAWAL_LIST_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", WITHDRAWAL_LIST_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"paid_on", WITHDRAWAL_LIST_COLUMN_PAID_ON, FIELD_PLAIN},
    {"paid_by", WITHDRAWAL_LIST_COLUMN_PAID_BY, FIELD_PLAIN},
    {"payee_kind", WITHDRAWAL_LIST_COLUMN_PAYEE_KIND, FIELD_PLAIN},
    {"bounce_code", WITHDRAWAL_LIST_COLUMN_BOUNCE_CODE, FIELD_PLAIN},
    {"payout_refusal", WITHDRAWAL_LIST_COLUMN_PAYOUT_REFUSAL, FIELD_PLAIN},
    {"materials", WITHDRAWAL_LIST_COLUMN_MATERIALS, FIELD_JSON},
    {"missing", WITHDRAWAL_LIST_COLUMN_MISSING, FIELD_JSON},
};

struct span withdrawal_language(const struct request *request)
{
    return request->language == LANGUAGE_EN ? SPAN("en") : SPAN("zh");
}

bool withdrawal_write(struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    struct payee payee = {
        .withdrawal_id = row_uuid(rows, row, WITHDRAWAL_LIST_COLUMN_WITHDRAWAL_ID),
        .person_id = row_uuid(rows, row, WITHDRAWAL_LIST_COLUMN_PERSON_ID),
        .card = row_text(rows, row, WITHDRAWAL_LIST_COLUMN_BANK_CARD_SEALED),
        .card_of = row_text(rows, row, WITHDRAWAL_LIST_COLUMN_BANK_CARD_OF),
        .name = row_text(rows, row, WITHDRAWAL_LIST_COLUMN_PAYEE_NAME_SEALED),
        .name_of = row_text(rows, row, WITHDRAWAL_LIST_COLUMN_PAYEE_NAME_OF),
    };
    if (!row_is_null(rows, row, WITHDRAWAL_LIST_COLUMN_TRANSFER_ID)) {
        payee.transfer_id = row_uuid(rows, row, WITHDRAWAL_LIST_COLUMN_TRANSFER_ID);
    }
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    bool is_open = payee_write_masked(request, writer, &payee);
    json_object_close(writer);
    return is_open;
}
