/* The body of a list: JSON or CSV by the negotiated form, one page or the whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "api/etag.h"

enum problem list_begin(struct request *request, int limit_arg, int cursor_arg, struct page **page)
{
    *page = arena_alloc(request->arena, sizeof **page);
    if (*page == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = *page;
    return page_read(request, limit_arg, cursor_arg, *page);
}

enum problem list_begin_newest(struct request *request, int limit_arg, int cursor_arg, struct page **page,
                               struct uuid *before)
{
    enum problem problem = list_begin(request, limit_arg, cursor_arg, page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    memset(before, 0xff, sizeof *before);
    bool is_whole = !(*page)->continued || ((*page)->keys_count == 1 && uuid_parse((*page)->keys[0], before));
    return is_whole ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

unsigned list_id_key(struct request *request, const struct rows *rows, int row, int id_column,
                     struct span keys[PAGE_KEYS])
{
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, row, id_column), id);
    keys[0] = span_of(arena_copy(request->arena, span_of(id)));
    return 1;
}

bool list_key_int(struct span key, int64_t *value)
{
    int64_t total = 0;
    for (size_t i = 0; i < key.length; i++) {
        if (key.bytes[i] < '0' || key.bytes[i] > '9' || __builtin_mul_overflow(total, 10, &total) ||
            __builtin_add_overflow(total, key.bytes[i] - '0', &total)) {
            return false;
        }
    }
    *value = total;
    return key.length > 0;
}

int list_count(const struct list *list, const struct rows *rows)
{
    bool is_empty = rows->count == 1 && list->presence != LIST_ALWAYS && row_is_null(rows, 0, list->presence);
    return is_empty ? 0 : rows->count;
}

void list_write_array(const struct list *list, const char *key, const struct rows *rows, int shown,
                      struct json_writer *writer)
{
    json_key(writer, key);
    json_array_open(writer);
    for (int row = 0; row < shown; row++) {
        fields_write_object(writer, list->fields, list->fields_count, rows, row);
    }
    json_array_close(writer);
}

void list_write_whole(const struct list *list, const struct rows *rows, struct reply *reply)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    list_write_array(list, "data", rows, list_count(list, rows), &writer);
    json_object_close(&writer);
}

enum problem list_write_found(const struct list *list, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    list_write_whole(list, rows, reply);
    return PROBLEM_NONE;
}

static void write_csv(const struct list *list, const struct rows *rows, int shown, struct reply *reply)
{
    struct csv_writer csv;
    csv_writer_init(&csv, &reply->body);
    fields_write_csv_header(&csv, list->fields, list->fields_count);
    for (int row = 0; row < shown; row++) {
        fields_write_csv(&csv, list->fields, list->fields_count, rows, row);
    }
}

enum problem list_write_page(const struct list *list, struct request *request, const struct rows *rows,
                             struct reply *reply,
                             unsigned (*keys_of)(struct request *request, const struct rows *rows, int row,
                                                 struct span keys[PAGE_KEYS]))
{
    const struct page *page = request->state;
    int count = list_count(list, rows);
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count = shown == 0 ? 0 : keys_of(request, rows, shown - 1, keys);
    if (request->media == MEDIA_CSV) {
        write_csv(list, rows, shown, reply);
        return page_end(request, reply, NULL, page, has_more, keys, keys_count);
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    list_write_array(list, "data", rows, shown, &writer);
    if (list->is_tagged) {
        const char *etag = etag_of_body(request, reply, has_more);
        if (etag == NULL) {
            return PROBLEM_INTERNAL_ERROR;
        }
        if (etag_answers(request, reply, etag)) {
            return PROBLEM_NONE;
        }
    }
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, keys_count);
    json_object_close(&writer);
    return problem;
}
