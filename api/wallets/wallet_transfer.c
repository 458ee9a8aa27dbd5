/* How transfers to wallets are shown: one or a page of them, names masked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/wallets/wallet_transfer.h"
#include "api/list.h"
#include "api/sealed.h"

#define SAME_COLUMNS(name)                                                                                             \
    _Static_assert(                                                                                                    \
        (int)name##_COLUMN_STATUS == (int)WALLET_TRANSFER_CREATE_COLUMN_STATUS &&                                      \
            (int)name##_COLUMN_WALLET_TRANSFER_ID == (int)WALLET_TRANSFER_CREATE_COLUMN_WALLET_TRANSFER_ID &&          \
            (int)name##_COLUMN_RECEIVER_NAME_SEALED == (int)WALLET_TRANSFER_CREATE_COLUMN_RECEIVER_NAME_SEALED,        \
        "its rows are read as those of wallet_transfer_create")
SAME_COLUMNS(WALLET_TRANSFER_ACCEPT);
SAME_COLUMNS(WALLET_TRANSFER_DECLINE);
SAME_COLUMNS(WALLET_TRANSFER_CANCEL);
SAME_COLUMNS(WALLET_TRANSFER_GET);
SAME_COLUMNS(WALLET_TRANSFERS_SENT);
SAME_COLUMNS(WALLET_TRANSFERS_RECEIVED);

static const struct field fields[] = {
    {"wallet_transfer_id", WALLET_TRANSFER_CREATE_COLUMN_WALLET_TRANSFER_ID, FIELD_PLAIN},
    {"family_member_id", WALLET_TRANSFER_CREATE_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN},
    {"relation", WALLET_TRANSFER_CREATE_COLUMN_RELATION, FIELD_PLAIN},
    {"amount_fen", WALLET_TRANSFER_CREATE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"state", WALLET_TRANSFER_CREATE_COLUMN_STATE, FIELD_PLAIN},
    {"created_at", WALLET_TRANSFER_CREATE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"business_date", WALLET_TRANSFER_CREATE_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"returns_at", WALLET_TRANSFER_CREATE_COLUMN_RETURNS_AT, FIELD_PLAIN},
    {"ended_at", WALLET_TRANSFER_CREATE_COLUMN_ENDED_AT, FIELD_PLAIN},
    {"account_id", WALLET_TRANSFER_CREATE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", WALLET_TRANSFER_CREATE_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"current_year_fen", WALLET_TRANSFER_CREATE_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", WALLET_TRANSFER_CREATE_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"wallet_account_id", WALLET_TRANSFER_CREATE_COLUMN_WALLET_ACCOUNT_ID, FIELD_PLAIN},
    {"sender_id", WALLET_TRANSFER_CREATE_COLUMN_SENDER_ID, FIELD_PLAIN},
    {"receiver_id", WALLET_TRANSFER_CREATE_COLUMN_RECEIVER_ID, FIELD_PLAIN},
};

bool wallet_transfer_write(struct request *request, struct json_writer *writer, const struct rows *rows, int row)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    bool is_open =
        sealed_write_masked(request, writer, "sender_name_masked", "person.name",
                            row_uuid(rows, row, WALLET_TRANSFER_CREATE_COLUMN_SENDER_ID),
                            row_text(rows, row, WALLET_TRANSFER_CREATE_COLUMN_SENDER_NAME_SEALED), mask_name) &&
        sealed_write_masked(request, writer, "receiver_name_masked", "person.name",
                            row_uuid(rows, row, WALLET_TRANSFER_CREATE_COLUMN_RECEIVER_ID),
                            row_text(rows, row, WALLET_TRANSFER_CREATE_COLUMN_RECEIVER_NAME_SEALED), mask_name);
    json_object_close(writer);
    return is_open;
}

enum problem wallet_transfer_write_body(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    return wallet_transfer_write(request, &writer, rows, 0) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

enum problem wallet_transfer_write_page(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    bool is_empty = rows->count == 1 && row_is_null(rows, 0, WALLET_TRANSFER_CREATE_COLUMN_WALLET_TRANSFER_ID);
    int count = is_empty ? 0 : rows->count;
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count =
        shown == 0 ? 0 : list_id_key(request, rows, shown - 1, WALLET_TRANSFER_CREATE_COLUMN_WALLET_TRANSFER_ID, keys);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        if (!wallet_transfer_write(request, &writer, rows, row)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_array_close(&writer);
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, keys_count);
    json_object_close(&writer);
    return problem;
}
