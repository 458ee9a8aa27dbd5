/* GET /v1/admin/transfers: the transfers that wait for a desk, oldest deadline first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/sealed.h"
#include "server/clock.h"

static const struct field ids[] = {
    {"transfer_id", TRANSFER_QUEUE_COLUMN_TRANSFER_ID, FIELD_PLAIN},
    {"person_id", TRANSFER_QUEUE_COLUMN_PERSON_ID, FIELD_PLAIN},
};

static const struct field rest[] = {
    {"way", TRANSFER_QUEUE_COLUMN_WAY, FIELD_PLAIN},
    {"state", TRANSFER_QUEUE_COLUMN_STATE, FIELD_PLAIN},
    {"from_region_code", TRANSFER_QUEUE_COLUMN_FROM_POOL_CODE, FIELD_PLAIN},
    {"from_scheme", TRANSFER_QUEUE_COLUMN_FROM_SCHEME, FIELD_PLAIN},
    {"to_region_code", TRANSFER_QUEUE_COLUMN_TO_POOL_CODE, FIELD_PLAIN},
    {"to_scheme", TRANSFER_QUEUE_COLUMN_TO_SCHEME, FIELD_PLAIN},
    {"created_at", TRANSFER_QUEUE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"entered_at", TRANSFER_QUEUE_COLUMN_ENTERED_AT, FIELD_PLAIN},
    {"due_on", TRANSFER_QUEUE_COLUMN_DUE_ON, FIELD_PLAIN},
    {"overdue", TRANSFER_QUEUE_COLUMN_IS_OVERDUE, FIELD_PLAIN},
    {"moves_on", TRANSFER_QUEUE_COLUMN_MOVES_ON, FIELD_PLAIN},
    {"amount_fen", TRANSFER_QUEUE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"missing", TRANSFER_QUEUE_COLUMN_MISSING, FIELD_WORDS},
};

static bool bind_position(const struct page *page, struct call *call)
{
    int32_t after_due_on = date_from_civil(1900, 1, 1);
    struct uuid after = {{0}};
    if (page->continued &&
        (page->keys_count != 2 || !date_parse(page->keys[0], &after_due_on) || !uuid_parse(page->keys[1], &after))) {
        return false;
    }
    call_date(call, TRANSFER_QUEUE_PARAM_AFTER_DUE_ON, after_due_on);
    call_uuid(call, TRANSFER_QUEUE_PARAM_AFTER_TRANSFER_ID, after);
    call_int(call, TRANSFER_QUEUE_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct page *page;
    enum problem problem = list_begin(request, LIST_DESK_TRANSFERS_LIMIT, LIST_DESK_TRANSFERS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    request->look = true; /* names of many people: who read them is in the log */
    call_init(call, STATEMENT_TRANSFER_QUEUE);
    call_text(call, TRANSFER_QUEUE_PARAM_DESK, args[LIST_DESK_TRANSFERS_DESK].text);
    access_bind_visible(request, call, TRANSFER_QUEUE_PARAM_VISIBLE);
    if (args[LIST_DESK_TRANSFERS_STATE].present) {
        call_text(call, TRANSFER_QUEUE_PARAM_STATE, args[LIST_DESK_TRANSFERS_STATE].text);
    }
    call_bool(call, TRANSFER_QUEUE_PARAM_ONLY_OVERDUE, args[LIST_DESK_TRANSFERS_OVERDUE].number != 0);
    call_date(call, TRANSFER_QUEUE_PARAM_TODAY, clock_date_of(clock_business_us()));
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static bool write_transfer(struct request *request, struct json_writer *writer, const struct rows *rows, int row)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(ids), rows, row);
    bool is_open = sealed_write_masked(request, writer, "name_masked", "person.name",
                                       row_uuid(rows, row, TRANSFER_QUEUE_COLUMN_PERSON_ID),
                                       row_text(rows, row, TRANSFER_QUEUE_COLUMN_NAME_SEALED), mask_name);
    fields_write(writer, FIELDS(rest), rows, row);
    json_object_close(writer);
    return is_open;
}

/* What has no deadline comes last. */
static void keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char due_on[11] = "9999-12-31", id[UUID_TEXT_LENGTH + 1];
    if (!row_is_null(rows, row, TRANSFER_QUEUE_COLUMN_DUE_ON)) {
        date_format(row_date(rows, row, TRANSFER_QUEUE_COLUMN_DUE_ON), due_on);
    }
    uuid_format(row_uuid(rows, row, TRANSFER_QUEUE_COLUMN_TRANSFER_ID), id);
    keys[0] = span_of(arena_copy(request->arena, span_of(due_on)));
    keys[1] = span_of(arena_copy(request->arena, span_of(id)));
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    bool has_more = rows->count > page->limit;
    int shown = has_more ? (int)page->limit : rows->count;
    struct span keys[PAGE_KEYS] = {{0}};
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        if (!write_transfer(request, &writer, rows, row)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_array_close(&writer);
    if (shown > 0) {
        keys_of(request, rows, shown - 1, keys);
    }
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, shown > 0 ? 2 : 0);
    json_object_close(&writer);
    return problem;
}

const struct handler list_desk_transfers_handler = {.bind = bind, .render = render};
