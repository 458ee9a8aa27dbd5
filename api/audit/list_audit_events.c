/* GET /v1/admin/audit-events: what was done and seen, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "server/clock.h"

/* Events looked through for one page: for readers of some regions each may cost four probes. */
#define SCAN_REGIONS 1000
#define SCAN_ALL 2000

static const struct field fields[] = {
    {"event_id", AUDIT_EVENT_LIST_COLUMN_EVENT_ID, FIELD_PLAIN},
    {"at", AUDIT_EVENT_LIST_COLUMN_AT, FIELD_PLAIN},
    {"actor_kind", AUDIT_EVENT_LIST_COLUMN_ACTOR_KIND, FIELD_PLAIN},
    {"actor_id", AUDIT_EVENT_LIST_COLUMN_ACTOR_ID, FIELD_PLAIN},
    {"action", AUDIT_EVENT_LIST_COLUMN_ACTION, FIELD_PLAIN},
    {"person_id", AUDIT_EVENT_LIST_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"object_id", AUDIT_EVENT_LIST_COLUMN_OBJECT_ID, FIELD_PLAIN},
    {"pool_code", AUDIT_EVENT_LIST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"request_id", AUDIT_EVENT_LIST_COLUMN_REQUEST_ID, FIELD_PLAIN},
};

/* Without a bound it is the calendar's: each way in stays one range of its index. */
static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    const struct arg *from = &args[LIST_AUDIT_EVENTS_FROM];
    const struct arg *to = &args[LIST_AUDIT_EVENTS_TO];
    if (from->present && to->present && from->number > to->number) {
        request_fault(request, ARG_QUERY, "to", "too_small", NULL);
    }
    int64_t first_us = clock_instant_of_date(date_from_civil(1970, 1, 2));
    int64_t last_us = clock_instant_of_date(date_from_civil(9999, 12, 31));
    call_instant(call, AUDIT_EVENT_LIST_PARAM_FROM_AT, from->present ? from->number : first_us);
    call_instant(call, AUDIT_EVENT_LIST_PARAM_TO_AT, to->present ? to->number : last_us);
    access_bind_visible(request, call, AUDIT_EVENT_LIST_PARAM_VISIBLE);
    if (args[LIST_AUDIT_EVENTS_PERSON_ID].present) {
        struct uuid person_id = args[LIST_AUDIT_EVENTS_PERSON_ID].uuid;
        call_int(call, AUDIT_EVENT_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
        request->look_person_key = uuid_key(person_id);
        request->look_object_id = person_id;
    }
    if (args[LIST_AUDIT_EVENTS_ACTOR_ID].present) {
        call_uuid(call, AUDIT_EVENT_LIST_PARAM_ACTOR_ID, args[LIST_AUDIT_EVENTS_ACTOR_ID].uuid);
    }
    if (args[LIST_AUDIT_EVENTS_ACTION].present) {
        call_text(call, AUDIT_EVENT_LIST_PARAM_ACTION, args[LIST_AUDIT_EVENTS_ACTION].text);
    }
}

static bool bind_position(const struct page *page, struct call *call)
{
    int64_t before_us = clock_instant_of_date(date_from_civil(9999, 12, 31));
    struct uuid before;
    memset(&before, 0xff, sizeof before);
    if (page->continued &&
        (page->keys_count != 2 || !list_key_int(page->keys[0], &before_us) || !uuid_parse(page->keys[1], &before))) {
        return false;
    }
    call_instant(call, AUDIT_EVENT_LIST_PARAM_BEFORE_AT, before_us);
    call_uuid(call, AUDIT_EVENT_LIST_PARAM_BEFORE_EVENT_ID, before);
    call_int(call, AUDIT_EVENT_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_AUDIT_EVENTS_LIMIT, LIST_AUDIT_EVENTS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    request->look = true; /* reading the log is in the log */
    call_init(call, STATEMENT_AUDIT_EVENT_LIST);
    call_int(call, AUDIT_EVENT_LIST_PARAM_SCAN_LIMIT,
             access_is_nationwide(&request->principal) ? SCAN_ALL : SCAN_REGIONS);
    bind_filters(request, call);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static void write_event(const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    json_key(writer, "detail");
    if (row_is_null(rows, row, AUDIT_EVENT_LIST_COLUMN_DETAIL)) {
        json_null_value(writer);
    } else {
        json_raw(writer, row_text(rows, row, AUDIT_EVENT_LIST_COLUMN_DETAIL));
    }
    json_object_close(writer);
}

/* Where the next page starts: behind the last event shown, or behind the last one looked through. */
static bool find_end(struct request *request, const struct rows *rows, int row, struct span keys[2])
{
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, row, AUDIT_EVENT_LIST_COLUMN_EVENT_ID), id);
    keys[0] =
        span_of(arena_printf(request->arena, "%lld", (long long)row_instant(rows, row, AUDIT_EVENT_LIST_COLUMN_AT)));
    keys[1] = span_of(arena_copy(request->arena, span_of(id)));
    return keys[0].bytes != NULL && keys[1].bytes != NULL;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    bool has_marker = rows->count > 0 && row_bool(rows, rows->count - 1, AUDIT_EVENT_LIST_COLUMN_IS_MARKER);
    int count = has_marker ? rows->count - 1 : rows->count;
    int shown = count > page->limit ? (int)page->limit : count;
    bool has_more = has_marker || count > page->limit;
    struct span keys[2] = {{0}};
    if (has_more && !find_end(request, rows, has_marker ? count : shown - 1, keys)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        write_event(rows, row, &writer);
    }
    json_array_close(&writer);
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, 2);
    json_object_close(&writer);
    return problem;
}

const struct handler list_audit_events_handler = {.bind = bind, .render = render};
