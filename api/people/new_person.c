/* A person as staff enter one: read, checked, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/new_person.h"
#include "api/access.h"
#include "api/event.h"
#include "api/identifiers/bank_card.h"
#include "api/identifiers/person_name.h"
#include "api/identifiers/phone.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "server/clock.h"

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

static void need(struct request *request, int arg, const char *name, bool wanted)
{
    if (request->args[arg].present != wanted) {
        refuse(request, name, wanted ? "required" : "not_allowed");
    }
}

static void wipe(void *number)
{
    explicit_bzero(number, sizeof(struct citizen_number));
}

/* False when the process is at fault. */
static bool read_citizen(struct request *request, struct new_person *person)
{
    const struct arg *text = &request->args[CREATE_PERSON_CITIZEN_NUMBER];
    need(request, CREATE_PERSON_CITIZEN_NUMBER, "citizen_number", true);
    need(request, CREATE_PERSON_CERTIFICATE_NUMBER, "certificate_number", false);
    need(request, CREATE_PERSON_BIRTH_DATE, "birth_date", false);
    need(request, CREATE_PERSON_SEX, "sex", false);
    struct citizen_number *number = arena_alloc(request->arena, sizeof *number);
    if (number == NULL || !arena_defer(request->arena, wipe, number)) {
        return false;
    }
    if (!text->present || !numbers_read_citizen(request, "citizen_number", text->text, number)) {
        return true;
    }
    person->number = (struct span){.bytes = number->text, .length = CITIZEN_NUMBER_LENGTH};
    person->birth_date = number->birth_date;
    person->sex = number->is_male ? SPAN("male") : SPAN("female");
    return numbers_items_citizen(request, number, &person->number_items);
}

static bool read_certificate(struct request *request, struct new_person *person)
{
    const struct arg *args = request->args;
    need(request, CREATE_PERSON_CITIZEN_NUMBER, "citizen_number", false);
    need(request, CREATE_PERSON_CERTIFICATE_NUMBER, "certificate_number", true);
    need(request, CREATE_PERSON_BIRTH_DATE, "birth_date", true);
    need(request, CREATE_PERSON_SEX, "sex", true);
    person->sex = args[CREATE_PERSON_SEX].present ? args[CREATE_PERSON_SEX].text : SPAN("unknown");
    person->birth_date = (int32_t)args[CREATE_PERSON_BIRTH_DATE].number;
    if (args[CREATE_PERSON_BIRTH_DATE].present && person->birth_date < date_from_civil(1850, 1, 1)) {
        refuse(request, "birth_date", "too_small");
    }
    if (args[CREATE_PERSON_BIRTH_DATE].present && person->birth_date > clock_date_of(person->created_at_us)) {
        refuse(request, "birth_date", "too_large");
    }
    return !args[CREATE_PERSON_CERTIFICATE_NUMBER].present ||
           !numbers_read_certificate(request, "certificate_number", args[CREATE_PERSON_CERTIFICATE_NUMBER].text,
                                     &person->number) ||
           numbers_items_certificate(request, person->certificate_kind, person->number, &person->number_items);
}

static void read_texts(struct request *request, struct new_person *person)
{
    const struct arg *args = request->args;
    person->name = args[CREATE_PERSON_NAME].text;
    if (!person_name_is_valid(person->name)) {
        refuse(request, "name", person->name.length > PERSON_NAME_BYTES_MAX ? "too_long" : "malformed");
    }
    if (args[CREATE_PERSON_PHONE].present) {
        person->phone = args[CREATE_PERSON_PHONE].text;
        if (!phone_is_valid(person->phone)) {
            refuse(request, "phone", "malformed");
        }
    }
    if (args[CREATE_PERSON_BANK_CARD].present) {
        person->bank_card = args[CREATE_PERSON_BANK_CARD].text;
        if (!bank_card_is_valid(person->bank_card)) {
            refuse(request, "bank_card", "malformed");
        }
    }
    if (args[CREATE_PERSON_CARD_NUMBER].present) {
        numbers_read_card(request, "card_number", args[CREATE_PERSON_CARD_NUMBER].text, &person->card_number);
    }
    person->pool_code = args[CREATE_PERSON_POOL_CODE].text;
    if (!access_covers(&request->principal, person->pool_code)) {
        refuse(request, "pool_code", "not_allowed");
    }
}

struct new_person *new_person_read(struct request *request)
{
    struct new_person *person = arena_alloc(request->arena, sizeof *person);
    if (person == NULL) {
        return NULL;
    }
    person->person_id = uuid_make(uuid_random_key());
    person->created_at_us = clock_business_us();
    person->certificate_kind = request->args[CREATE_PERSON_CERTIFICATE_KIND].text;
    bool is_citizen = span_equal(person->certificate_kind, SPAN("citizen_number"));
    bool is_read = is_citizen ? read_citizen(request, person) : read_certificate(request, person);
    read_texts(request, person);
    return is_read ? person : NULL;
}

static bool bind_sealed(struct request *request, const struct new_person *person, const char *table_column,
                        struct span plain, struct call *call, int param)
{
    struct span sealed;
    if (!sealed_make(request, table_column, person->person_id, plain, &sealed)) {
        return false;
    }
    call_bytea(call, param, sealed);
    return true;
}

static bool bind_hash(struct request *request, enum key_purpose purpose, struct span plain, struct call *call,
                      int param)
{
    struct span items;
    if (!sealed_hash_items(request, purpose, plain, &items)) {
        return false;
    }
    call_bytea(call, param, items);
    return true;
}

static bool bind_secrets(struct request *request, const struct new_person *person, struct call *call)
{
    bool is_done = bind_sealed(request, person, "person.citizen_number", person->number, call,
                               PERSON_CREATE_PARAM_NUMBER_SEALED) &&
                   bind_sealed(request, person, "person.name", person->name, call, PERSON_CREATE_PARAM_NAME_SEALED) &&
                   bind_hash(request, KEY_HASH_NAME, person->name, call, PERSON_CREATE_PARAM_NAME_HASH);
    if (is_done && person->phone.length > 0) {
        is_done = bind_sealed(request, person, "person.phone", person->phone, call, PERSON_CREATE_PARAM_PHONE_SEALED) &&
                  bind_hash(request, KEY_HASH_PHONE, person->phone, call, PERSON_CREATE_PARAM_PHONE_HASH);
    }
    if (is_done && person->bank_card.length > 0) {
        is_done = bind_sealed(request, person, "person.bank_card", person->bank_card, call,
                              PERSON_CREATE_PARAM_BANK_CARD_SEALED);
    }
    if (is_done && person->card_number.length > 0) {
        is_done = bind_hash(request, KEY_HASH_CARD_NUMBER, person->card_number, call, PERSON_CREATE_PARAM_CARD_HASH);
    }
    return is_done;
}

bool new_person_bind(struct request *request, const struct new_person *person, struct call *call)
{
    call_init(call, STATEMENT_PERSON_CREATE);
    event_bind_person(call, PERSON_CREATE_PARAM_PERSON_KEY, person->person_id);
    call_text(call, PERSON_CREATE_PARAM_POOL_CODE, person->pool_code);
    call_text(call, PERSON_CREATE_PARAM_CERTIFICATE_KIND, person->certificate_kind);
    call_bytea(call, PERSON_CREATE_PARAM_NUMBER_HASH, person->number_items);
    call_date(call, PERSON_CREATE_PARAM_BIRTH_DATE, person->birth_date);
    call_text(call, PERSON_CREATE_PARAM_SEX, person->sex);
    call_instant(call, PERSON_CREATE_PARAM_CREATED_AT, person->created_at_us);
    event_bind(request, call, PERSON_CREATE_PARAM_EVENT_ID, uuid_key(person->person_id));
    return bind_secrets(request, person, call);
}
