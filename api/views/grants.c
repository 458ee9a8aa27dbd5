/* Writes grants to look at accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/views/grants.h"
#include "api/list.h"
#include "api/sealed.h"

static const struct field fields[] = {
    {"view_grant_id", VIEW_GRANT_ACCOUNT_COLUMN_VIEW_GRANT_ID, FIELD_PLAIN},
    {"account_id", VIEW_GRANT_ACCOUNT_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"family_member_id", VIEW_GRANT_ACCOUNT_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN},
    {"scope", VIEW_GRANT_ACCOUNT_COLUMN_SCOPE, FIELD_PLAIN},
    {"state", VIEW_GRANT_ACCOUNT_COLUMN_STATE, FIELD_PLAIN},
    {"granted_at", VIEW_GRANT_ACCOUNT_COLUMN_GRANTED_AT, FIELD_PLAIN},
    {"expires_on", VIEW_GRANT_ACCOUNT_COLUMN_EXPIRES_ON, FIELD_PLAIN},
    {"ended_at", VIEW_GRANT_ACCOUNT_COLUMN_ENDED_AT, FIELD_PLAIN},
};

static bool write_row(struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    bool is_done = sealed_write_masked(request, writer, "name", "person.name",
                                       row_uuid(rows, row, VIEW_GRANT_ACCOUNT_COLUMN_NAMED_ID),
                                       row_text(rows, row, VIEW_GRANT_ACCOUNT_COLUMN_NAME_SEALED), mask_name);
    json_object_close(writer);
    return is_done;
}

enum problem grants_write_page(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    int count = row_is_null(rows, 0, VIEW_GRANT_ACCOUNT_COLUMN_VIEW_GRANT_ID) ? 0 : rows->count;
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count =
        shown == 0 ? 0 : list_id_key(request, rows, shown - 1, VIEW_GRANT_ACCOUNT_COLUMN_VIEW_GRANT_ID, keys);
    bool is_done = true;
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown && is_done; row++) {
        is_done = write_row(request, rows, row, &writer);
    }
    json_array_close(&writer);
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, keys_count);
    json_object_close(&writer);
    return is_done ? problem : PROBLEM_INTERNAL_ERROR;
}
