/* POST /v1/admin/people/search: who has this number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/event.h"
#include "api/list.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"deceased_on", PEOPLE_SEARCH_COLUMN_DECEASED_ON, FIELD_PLAIN},
    {"pool_codes", PEOPLE_SEARCH_COLUMN_POOLS, FIELD_WORDS},
};

/* Exactly one of the three numbers; the kind of certificate goes with its number. */
static void check_combination(struct request *request)
{
    static const struct {
        int arg;
        const char *name;
    } numbers[] = {{SEARCH_PEOPLE_CITIZEN_NUMBER, "citizen_number"},
                   {SEARCH_PEOPLE_CERTIFICATE_NUMBER, "certificate_number"},
                   {SEARCH_PEOPLE_CARD_NUMBER, "card_number"}};
    const struct arg *kind = &request->args[SEARCH_PEOPLE_CERTIFICATE_KIND];
    bool has_certificate = request->args[SEARCH_PEOPLE_CERTIFICATE_NUMBER].present;
    bool has_one = false;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        bool is_present = request->args[numbers[i].arg].present;
        if (is_present && has_one) {
            request_fault(request, ARG_BODY, numbers[i].name, "not_allowed",
                          request->language == LANGUAGE_EN ? "Send exactly one number." : "只能提供一个号码。");
        }
        has_one = has_one || is_present;
    }
    if (!has_one) {
        request_fault(request, ARG_BODY, "citizen_number", "required", NULL);
    }
    if (has_certificate != kind->present) {
        request_fault(request, ARG_BODY, "certificate_kind", has_certificate ? "required" : "not_allowed", NULL);
    } else if (has_certificate && span_equal(kind->text, SPAN("citizen_number"))) {
        request_fault(request, ARG_BODY, "certificate_kind", "not_allowed", NULL);
    }
}

/* False when the process is at fault, not the caller. */
static bool read_number(struct request *request, struct span *hash)
{
    const struct arg *args = request->args;
    struct span number;
    if (args[SEARCH_PEOPLE_CITIZEN_NUMBER].present) {
        struct citizen_number citizen;
        bool is_hashed = true;
        if (numbers_read_citizen(request, "citizen_number", args[SEARCH_PEOPLE_CITIZEN_NUMBER].text, &citizen)) {
            is_hashed = numbers_hash_citizen(request, &citizen, hash);
        }
        explicit_bzero(&citizen, sizeof citizen);
        return is_hashed;
    }
    if (args[SEARCH_PEOPLE_CERTIFICATE_NUMBER].present) {
        return !numbers_read_certificate(request, "certificate_number", args[SEARCH_PEOPLE_CERTIFICATE_NUMBER].text,
                                         &number) ||
               !args[SEARCH_PEOPLE_CERTIFICATE_KIND].present || /* a fault already */
               numbers_hash_certificate(request, args[SEARCH_PEOPLE_CERTIFICATE_KIND].text, number, hash);
    }
    return !args[SEARCH_PEOPLE_CARD_NUMBER].present ||
           !numbers_read_card(request, "card_number", args[SEARCH_PEOPLE_CARD_NUMBER].text, &number) ||
           sealed_hash(request, KEY_HASH_CARD_NUMBER, number, hash);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct span hash = {0};
    check_combination(request);
    if (!read_number(request, &hash)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_PEOPLE_SEARCH);
    call_text(call, PEOPLE_SEARCH_PARAM_KIND,
              request->args[SEARCH_PEOPLE_CARD_NUMBER].present ? SPAN("card_number") : SPAN("citizen_number"));
    call_bytea(call, PEOPLE_SEARCH_PARAM_HASH, hash);
    access_bind_visible(request, call, PEOPLE_SEARCH_PARAM_VISIBLE);
    event_bind(request, call, PEOPLE_SEARCH_PARAM_EVENT_ID, uuid_random_key());
    return PROBLEM_NONE;
}

static bool write_person(struct request *request, const struct rows *rows, struct json_writer *writer)
{
    struct uuid person_id = row_uuid(rows, 0, PEOPLE_SEARCH_COLUMN_PERSON_ID);
    int32_t year, month, day;
    date_to_civil(row_date(rows, 0, PEOPLE_SEARCH_COLUMN_BIRTH_DATE), &year, &month, &day);
    json_object_open(writer);
    json_key(writer, "person_id");
    json_uuid(writer, person_id);
    json_key(writer, "matched_by");
    json_text(writer, row_text(rows, 0, PEOPLE_SEARCH_COLUMN_MATCHED_BY));
    json_key(writer, "certificate_kind");
    json_text(writer, row_text(rows, 0, PEOPLE_SEARCH_COLUMN_CERTIFICATE_KIND));
    bool is_open =
        sealed_write_masked(request, writer, "citizen_number_masked", "person.citizen_number", person_id,
                            row_text(rows, 0, PEOPLE_SEARCH_COLUMN_CITIZEN_NUMBER_SEALED), mask_citizen_number) &&
        sealed_write_masked(request, writer, "name_masked", "person.name", person_id,
                            row_text(rows, 0, PEOPLE_SEARCH_COLUMN_NAME_SEALED), mask_name) &&
        sealed_write_masked(request, writer, "phone_masked", "person.phone", person_id,
                            row_text(rows, 0, PEOPLE_SEARCH_COLUMN_PHONE_SEALED), mask_phone);
    json_key(writer, "birth_year");
    json_int(writer, year);
    fields_write(writer, FIELDS(fields), rows, 0);
    json_object_close(writer);
    return is_open;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    if (rows->count > 0 && !write_person(request, rows, &writer)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler search_people_handler = {.bind = bind, .render = render};
