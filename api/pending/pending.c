/* Writes what is in flight, each with what it waits for in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pending/pending.h"
#include "api/accounts/charge_detail.h"
#include "api/list.h"
#include "api/pending/pending_text.h"

static const struct field fields[] = {
    {"pending_id", ACCOUNT_PENDING_COLUMN_PENDING_ID, FIELD_PLAIN},
    {"kind", ACCOUNT_PENDING_COLUMN_KIND, FIELD_PLAIN},
    {"state", ACCOUNT_PENDING_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", ACCOUNT_PENDING_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"since", ACCOUNT_PENDING_COLUMN_SINCE, FIELD_PLAIN},
    {"expected_end", ACCOUNT_PENDING_COLUMN_EXPECTED_END, FIELD_PLAIN},
    {"waits_for", ACCOUNT_PENDING_COLUMN_WAITS_FOR, FIELD_PLAIN},
    {"waits_on", ACCOUNT_PENDING_COLUMN_WAITS_ON, FIELD_PLAIN},
    {"region_code", ACCOUNT_PENDING_COLUMN_REGION_CODE, FIELD_PLAIN},
    CHARGE_DETAIL_FIELDS(ACCOUNT_PENDING),
};

static void write_row(const struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    json_key(writer, "text");
    json_text(writer, pending_text(row_text(rows, row, ACCOUNT_PENDING_COLUMN_KIND),
                                   row_text(rows, row, ACCOUNT_PENDING_COLUMN_WAITS_ON),
                                   row_text(rows, row, ACCOUNT_PENDING_COLUMN_WAITS_FOR), request->language));
    json_object_close(writer);
}

enum problem pending_write_page(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    int count = row_is_null(rows, 0, ACCOUNT_PENDING_COLUMN_PENDING_ID) ? 0 : rows->count;
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count =
        shown == 0 ? 0 : list_id_key(request, rows, shown - 1, ACCOUNT_PENDING_COLUMN_PENDING_ID, keys);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        write_row(request, rows, row, &writer);
    }
    json_array_close(&writer);
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, keys_count);
    json_object_close(&writer);
    return problem;
}
