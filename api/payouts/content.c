/* Writes payout files, and hashes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/payouts/content.h"
#include "api/csv_writer.h"
#include "api/identifiers/money.h"
#include "api/withdrawals/payee.h"
#include <openssl/evp.h>
#include <stdio.h>

#define SAME(column)                                                                                                   \
    _Static_assert((int)PAYOUT_CANDIDATES_COLUMN_##column == (int)PAYOUT_FILE_CONTENT_COLUMN_##column,                 \
                   "payout_candidates and payout_file_content differ")
SAME(WITHDRAWAL_ID);
SAME(TRANSFER_ID);
SAME(AMOUNT_FEN);
SAME(PAYEE_NAME_OF);
SAME(LINE_NUMBER);

static struct payee payee_of(const struct rows *rows, int row)
{
    struct payee payee = {
        .withdrawal_id = row_uuid(rows, row, PAYOUT_CANDIDATES_COLUMN_WITHDRAWAL_ID),
        .person_id = row_uuid(rows, row, PAYOUT_CANDIDATES_COLUMN_PERSON_ID),
        .card = row_text(rows, row, PAYOUT_CANDIDATES_COLUMN_BANK_CARD_SEALED),
        .card_of = row_text(rows, row, PAYOUT_CANDIDATES_COLUMN_BANK_CARD_OF),
        .name = row_text(rows, row, PAYOUT_CANDIDATES_COLUMN_PAYEE_NAME_SEALED),
        .name_of = row_text(rows, row, PAYOUT_CANDIDATES_COLUMN_PAYEE_NAME_OF),
    };
    if (!row_is_null(rows, row, PAYOUT_CANDIDATES_COLUMN_TRANSFER_ID)) {
        payee.transfer_id = row_uuid(rows, row, PAYOUT_CANDIDATES_COLUMN_TRANSFER_ID);
    }
    return payee;
}

static bool write_line(struct request *request, const struct rows *rows, int row, struct csv_writer *csv)
{
    struct payee payee = payee_of(rows, row);
    struct span card, name;
    char id[UUID_TEXT_LENGTH + 1], yuan[MONEY_TEXT_BYTES];
    if (!payee_open(request, &payee, &card, &name)) {
        return false;
    }
    uuid_format(payee.withdrawal_id, id);
    money_format_yuan(row_int(rows, row, PAYOUT_CANDIDATES_COLUMN_AMOUNT_FEN), yuan);
    csv_writer_int(csv, row_int(rows, row, PAYOUT_CANDIDATES_COLUMN_LINE_NUMBER));
    csv_writer_text(csv, span_of(id));
    csv_writer_text(csv, name);
    csv_writer_text(csv, card);
    csv_writer_text(csv, span_of(yuan));
    csv_writer_end(csv);
    return true;
}

bool payout_content_write(struct request *request, const struct rows *rows, struct text *out)
{
    static const char *const columns[] = {"line_number", "withdrawal_id", "payee_name", "bank_card", "amount_yuan"};
    struct csv_writer csv;
    csv_writer_init(&csv, out);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        csv_writer_text(&csv, span_of(columns[i]));
    }
    csv_writer_end(&csv);
    for (int row = 0; row < rows->count; row++) {
        if (!write_line(request, rows, row, &csv)) {
            return false;
        }
    }
    return !out->failed;
}

bool payout_content_hash(struct span content, char hex[PAYOUT_HASH_HEX + 1])
{
    uint8_t hash[PAYOUT_HASH_HEX / 2];
    if (EVP_Digest(content.bytes, content.length, hash, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof hash; i++) {
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
    return true;
}
