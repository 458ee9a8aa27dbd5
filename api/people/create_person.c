/* POST /v1/admin/people: makes the record of somebody who is in no import. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mask.h"
#include "api/people/new_person.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct new_person *person = new_person_read(request);
    if (person == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    request->state = person;
    return new_person_bind(request, person, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static void write_masked(struct json_writer *writer, const char *name, struct span plain,
                         struct span (*mask)(struct span plain, char out[MASK_BYTES]))
{
    char out[MASK_BYTES];
    json_key(writer, name);
    if (plain.length == 0) {
        json_null_value(writer);
    } else {
        json_text(writer, mask(plain, out));
    }
}

static void write_null(struct json_writer *writer, const char *name)
{
    json_key(writer, name);
    json_null_value(writer);
}

/* As getPerson shows it. */
static void write_person(const struct new_person *person, struct json_writer *writer)
{
    json_object_open(writer);
    json_key(writer, "person_id");
    json_uuid(writer, person->person_id);
    write_null(writer, "current_person_id");
    json_key(writer, "certificate_kind");
    json_text(writer, person->certificate_kind);
    write_masked(writer, "citizen_number_masked", person->number, mask_citizen_number);
    write_masked(writer, "name_masked", person->name, mask_name);
    write_masked(writer, "phone_masked", person->phone, mask_phone);
    write_masked(writer, "bank_card_masked", person->bank_card, mask_bank_card);
    json_key(writer, "birth_date");
    json_date(writer, person->birth_date);
    json_key(writer, "sex");
    json_text(writer, person->sex);
    write_null(writer, "deceased_on");
    json_key(writer, "pool_code");
    json_text(writer, person->pool_code);
    json_key(writer, "created_at");
    json_instant(writer, person->created_at_us);
    json_object_close(writer);
}

static enum problem problem_of(struct request *request, struct span status)
{
    if (span_equal(status, SPAN("unknown_pool"))) {
        request_fault(request, ARG_BODY, "pool_code", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    bool is_known = span_equal(status, SPAN("already_exists")) || span_equal(status, SPAN("card_taken"));
    return is_known ? PROBLEM_ALREADY_EXISTS : PROBLEM_INTERNAL_ERROR;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct new_person *person = request->state;
    struct span status = row_text(rows, 0, PERSON_CREATE_COLUMN_STATUS);
    if (!span_equal(status, SPAN("created"))) {
        return problem_of(request, status);
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(person->person_id, id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_person(person, &writer);
    reply_created(reply, arena_printf(request->arena, "/v1/people/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_person_handler = {.bind = bind, .render = render};
