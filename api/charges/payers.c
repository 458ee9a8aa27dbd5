/* Shows who pays a charge. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/payers.h"

bool payers_are_more(struct span status)
{
    return span_equal(status, SPAN("more_payers"));
}

static void write_fen(struct json_writer *writer, const char *name, int64_t fen)
{
    json_key(writer, name);
    json_int(writer, fen);
}

static void write_account_alone(struct json_writer *writer, struct uuid account_id, int64_t amount_fen,
                                int64_t captured_fen)
{
    json_array_open(writer);
    json_object_open(writer);
    json_key(writer, "payer_kind");
    json_text(writer, SPAN("account"));
    write_fen(writer, "position", 0);
    json_key(writer, "account_id");
    json_uuid(writer, account_id);
    json_key(writer, "family_member_id");
    json_null_value(writer);
    write_fen(writer, "amount_fen", amount_fen);
    write_fen(writer, "captured_fen", captured_fen);
    write_fen(writer, "refunded_fen", 0);
    json_object_close(writer);
    json_array_close(writer);
}

void payers_write(struct json_writer *writer, const struct rows *rows, int payers, int account_id, int64_t amount_fen,
                  int64_t captured_fen)
{
    json_key(writer, "payers");
    if (row_is_null(rows, 0, payers)) {
        write_account_alone(writer, row_uuid(rows, 0, account_id), amount_fen, captured_fen);
    } else {
        json_raw(writer, row_text(rows, 0, payers));
    }
}
