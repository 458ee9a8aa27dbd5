/* POST /v1/people/{person_id}/disclosures: personal data in full, for a stated purpose. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/event.h"
#include "api/fields.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "server/http/reply.h"

static const struct {
    const char *name;
    const char *table_column;
    int column;
} values[] = {
    {"citizen_number", "person.citizen_number", PERSON_DISCLOSE_COLUMN_CITIZEN_NUMBER_SEALED},
    {"name", "person.name", PERSON_DISCLOSE_COLUMN_NAME_SEALED},
    {"phone", "person.phone", PERSON_DISCLOSE_COLUMN_PHONE_SEALED},
    {"bank_card", "person.bank_card", PERSON_DISCLOSE_COLUMN_BANK_CARD_SEALED},
};
#define VALUES (sizeof values / sizeof *values)

/* What bind leaves for render. */
struct asked {
    struct uuid person_id;
    struct uuid event_id;
    bool wants[VALUES];
};

static bool is_wanted(const struct request *request, const char *name)
{
    const struct arg *fields = &request->args[CREATE_DISCLOSURE_FIELDS];
    for (size_t i = 0; i < fields->texts.count; i++) {
        if (span_equal(fields->texts.items[i], span_of(name))) {
            return true;
        }
    }
    return false;
}

/* The names of what is wanted, joined by commas. */
static struct span read_fields(struct request *request, struct asked *asked)
{
    const char *joined = "";
    for (size_t i = 0; i < VALUES && joined != NULL; i++) {
        asked->wants[i] = is_wanted(request, values[i].name);
        if (asked->wants[i]) {
            joined = arena_printf(request->arena, "%s%s%s", joined, *joined == '\0' ? "" : ",", values[i].name);
        }
    }
    return span_of(joined);
}

static void check_note(struct request *request)
{
    const struct arg *note = &request->args[CREATE_DISCLOSURE_NOTE];
    if (!note->present && span_equal(request->args[CREATE_DISCLOSURE_PURPOSE].text, SPAN("other"))) {
        request_fault(request, ARG_BODY, "note", "required", NULL);
    }
    if (note->present && numbers_may_be_in(note->text)) {
        request_fault(request, ARG_BODY, "note", "not_allowed",
                      request->language == LANGUAGE_EN ? "Leave out numbers of people: it is kept in the log."
                                                       : "请勿填写证件、电话等号码：说明将写入日志。");
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *note = &request->args[CREATE_DISCLOSURE_NOTE];
    struct asked *asked = arena_alloc(request->arena, sizeof *asked);
    if (asked == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    check_note(request);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    asked->person_id = request->args[CREATE_DISCLOSURE_PERSON_ID].uuid;
    request->state = asked;
    call_init(call, STATEMENT_PERSON_DISCLOSE);
    event_bind_person(call, PERSON_DISCLOSE_PARAM_PERSON_KEY, asked->person_id);
    access_bind_visible(request, call, PERSON_DISCLOSE_PARAM_VISIBLE);
    call_text(call, PERSON_DISCLOSE_PARAM_FIELDS, read_fields(request, asked));
    call_text(call, PERSON_DISCLOSE_PARAM_PURPOSE, request->args[CREATE_DISCLOSURE_PURPOSE].text);
    if (note->present) {
        call_text(call, PERSON_DISCLOSE_PARAM_NOTE, note->text);
    }
    asked->event_id = event_bind(request, call, PERSON_DISCLOSE_PARAM_EVENT_ID, uuid_key(asked->person_id));
    return PROBLEM_NONE;
}

static bool write_value(struct request *request, const struct rows *rows, size_t i, struct json_writer *writer)
{
    const struct asked *asked = request->state;
    struct span sealed = row_text(rows, 0, values[i].column);
    struct span plain = {0};
    if (sealed.length > 0 && !sealed_open(request, values[i].table_column, asked->person_id, sealed, &plain)) {
        return false;
    }
    json_key(writer, values[i].name);
    if (sealed.length > 0) {
        json_text(writer, plain);
    } else {
        json_null_value(writer);
    }
    return true;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct asked *asked = request->state;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "disclosure_id");
    json_uuid(&writer, asked->event_id);
    json_key(&writer, "person_id");
    json_uuid(&writer, asked->person_id);
    if (asked->wants[0]) {
        json_key(&writer, "certificate_kind");
        json_text(&writer, row_text(rows, 0, PERSON_DISCLOSE_COLUMN_CERTIFICATE_KIND));
    }
    for (size_t i = 0; i < VALUES; i++) {
        if (asked->wants[i] && !write_value(request, rows, i, &writer)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_object_close(&writer);
    reply->status = 201;
    return PROBLEM_NONE;
}

const struct handler create_disclosure_handler = {.bind = bind, .render = render};
