/* GET /v1/me/access-log: who did what with my data, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access_log/action_text.h"
#include "api/list.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"event_id", ME_ACCESS_LOG_COLUMN_EVENT_ID, FIELD_PLAIN},
    {"at", ME_ACCESS_LOG_COLUMN_AT, FIELD_PLAIN},
    {"by", ME_ACCESS_LOG_COLUMN_ACTOR_KIND, FIELD_PLAIN},
    {"client_id", ME_ACCESS_LOG_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"client_name", ME_ACCESS_LOG_COLUMN_CLIENT_NAME, FIELD_PLAIN},
    {"client_kind", ME_ACCESS_LOG_COLUMN_CLIENT_KIND, FIELD_PLAIN},
    {"roles", ME_ACCESS_LOG_COLUMN_ROLES, FIELD_WORDS},
    {"regions", ME_ACCESS_LOG_COLUMN_REGIONS, FIELD_WORDS},
    {"action", ME_ACCESS_LOG_COLUMN_ACTION, FIELD_PLAIN},
};

static bool bind_position(const struct page *page, struct call *call)
{
    int64_t before_at_us = clock_instant_of_date(date_from_civil(9999, 12, 31));
    struct uuid before;
    memset(&before, 0xff, sizeof before);
    if (page->continued && (page->keys_count != 2 || !instant_parse(page->keys[0], &before_at_us) ||
                            !uuid_parse(page->keys[1], &before))) {
        return false;
    }
    call_instant(call, ME_ACCESS_LOG_PARAM_BEFORE_AT, before_at_us);
    call_uuid(call, ME_ACCESS_LOG_PARAM_BEFORE_EVENT_ID, before);
    call_int(call, ME_ACCESS_LOG_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->principal.subject_id;
    const struct arg *by = &request->args[LIST_MY_ACCESS_LOG_BY];
    struct page *page;
    enum problem problem = list_begin(request, LIST_MY_ACCESS_LOG_LIMIT, LIST_MY_ACCESS_LOG_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ME_ACCESS_LOG);
    call_int(call, ME_ACCESS_LOG_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, ME_ACCESS_LOG_PARAM_PERSON_ID, person_id);
    call_bool(call, ME_ACCESS_LOG_PARAM_HAS_OWN, by->present && span_equal(by->text, SPAN("all")));
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static bool write_row(struct json_writer *writer, struct request *request, const struct rows *rows, int row)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    bool is_done = sealed_write_masked(request, writer, "citizen_name", "person.name",
                                       row_uuid(rows, row, ME_ACCESS_LOG_COLUMN_CITIZEN_ID),
                                       row_text(rows, row, ME_ACCESS_LOG_COLUMN_CITIZEN_NAME_SEALED), mask_name);
    json_key(writer, "text");
    json_text(writer, action_text(row_text(rows, row, ME_ACCESS_LOG_COLUMN_OUTCOME), request->language));
    json_key(writer, "purpose");
    if (row_is_null(rows, row, ME_ACCESS_LOG_COLUMN_PURPOSE)) {
        json_null_value(writer);
    } else if (row_bool(rows, row, ME_ACCESS_LOG_COLUMN_IS_CHOSEN)) {
        json_text(writer, purpose_text(row_text(rows, row, ME_ACCESS_LOG_COLUMN_PURPOSE), request->language));
    } else {
        json_text(writer, row_text(rows, row, ME_ACCESS_LOG_COLUMN_PURPOSE));
    }
    json_object_close(writer);
    return is_done;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    bool has_more = rows->count > page->limit;
    int shown = has_more ? (int)page->limit : rows->count;
    struct span keys[2] = {{0}};
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        if (!write_row(&writer, request, rows, row)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_array_close(&writer);
    if (shown > 0) {
        char at[33], id[UUID_TEXT_LENGTH + 1];
        instant_format(row_instant(rows, shown - 1, ME_ACCESS_LOG_COLUMN_AT), at);
        uuid_format(row_uuid(rows, shown - 1, ME_ACCESS_LOG_COLUMN_EVENT_ID), id);
        keys[0] = span_of(arena_copy(request->arena, span_of(at)));
        keys[1] = span_of(arena_copy(request->arena, span_of(id)));
    }
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, shown > 0 ? 2 : 0);
    json_object_close(&writer);
    return problem;
}

const struct handler list_my_access_log_handler = {.bind = bind, .render = render};
