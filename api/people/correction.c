/* What of a person is to be corrected: read, checked, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/correction.h"
#include "api/identifiers/bank_card.h"
#include "api/identifiers/person_name.h"
#include "api/identifiers/phone.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "server/clock.h"

struct correction {
    struct request *request;
    struct call *call;
    struct uuid person_id;
    struct uuid proposal_id;
    struct citizen_number number;
};

static const struct arg *arg_of(const struct correction *correction, int arg)
{
    return &correction->request->args[arg];
}

static void refuse(struct correction *correction, const char *name, const char *code)
{
    request_fault(correction->request, ARG_BODY, name, code, NULL);
}

static void wipe(void *object)
{
    struct correction *correction = object;
    explicit_bzero(&correction->number, sizeof correction->number);
}

static bool seal(struct correction *correction, int param, const char *table_column, struct uuid row_id,
                 struct span plain)
{
    struct span sealed;
    if (!sealed_make(correction->request, table_column, row_id, plain, &sealed)) {
        return false;
    }
    call_bytea(correction->call, param, sealed);
    return true;
}

static bool hash(struct correction *correction, int param, enum key_purpose purpose, struct span plain)
{
    struct span hashed;
    if (!sealed_hash_items(correction->request, purpose, plain, &hashed)) {
        return false;
    }
    call_bytea(correction->call, param, hashed);
    return true;
}

static bool bind_name(struct correction *correction)
{
    const struct arg *name = arg_of(correction, PROPOSE_CORRECTION_NAME);
    if (!name->present) {
        return true;
    }
    if (!person_name_is_valid(name->text)) {
        refuse(correction, "name", name->text.length > PERSON_NAME_BYTES_MAX ? "too_long" : "malformed");
        return true;
    }
    return seal(correction, PERSON_CORRECTION_PROPOSE_PARAM_NAME_SEALED, "person.name", correction->person_id,
                name->text) &&
           hash(correction, PERSON_CORRECTION_PROPOSE_PARAM_NAME_HASH, KEY_HASH_NAME, name->text);
}

static bool bind_phone(struct correction *correction)
{
    const struct arg *phone = arg_of(correction, PROPOSE_CORRECTION_PHONE);
    if (!phone->present) {
        return true;
    }
    if (!phone_is_valid(phone->text)) {
        refuse(correction, "phone", "malformed");
        return true;
    }
    return seal(correction, PERSON_CORRECTION_PROPOSE_PARAM_PHONE_SEALED, "person.phone", correction->person_id,
                phone->text) &&
           hash(correction, PERSON_CORRECTION_PROPOSE_PARAM_PHONE_HASH, KEY_HASH_PHONE, phone->text);
}

static bool bind_bank_card(struct correction *correction)
{
    const struct arg *card = arg_of(correction, PROPOSE_CORRECTION_BANK_CARD);
    if (card->present && !bank_card_is_valid(card->text)) {
        refuse(correction, "bank_card", "malformed");
        return true;
    }
    return !card->present || seal(correction, PERSON_CORRECTION_PROPOSE_PARAM_BANK_CARD_SEALED, "person.bank_card",
                                  correction->person_id, card->text);
}

/* The card number is on no row of the person: it is sealed for the proposal, to be shown masked. */
static bool bind_card_number(struct correction *correction)
{
    const struct arg *card = arg_of(correction, PROPOSE_CORRECTION_CARD_NUMBER);
    struct span number;
    if (!card->present || !numbers_read_card(correction->request, "card_number", card->text, &number)) {
        return true;
    }
    return seal(correction, PERSON_CORRECTION_PROPOSE_PARAM_CARD_NUMBER_SEALED, "proposal.card_number",
                correction->proposal_id, number) &&
           hash(correction, PERSON_CORRECTION_PROPOSE_PARAM_CARD_NUMBER_HASH, KEY_HASH_CARD_NUMBER, number);
}

static bool bind_number(struct correction *correction, struct span kind, struct span number, struct span hashed)
{
    call_text(correction->call, PERSON_CORRECTION_PROPOSE_PARAM_CERTIFICATE_KIND, kind);
    call_bytea(correction->call, PERSON_CORRECTION_PROPOSE_PARAM_NUMBER_HASH, hashed);
    return seal(correction, PERSON_CORRECTION_PROPOSE_PARAM_NUMBER_SEALED, "person.citizen_number",
                correction->person_id, number);
}

/* Birth date and sex follow the number; those that are given as well are bound after it. */
static bool bind_citizen_number(struct correction *correction)
{
    struct request *request = correction->request;
    struct citizen_number *number = &correction->number;
    struct span hashed;
    const struct arg *text = arg_of(correction, PROPOSE_CORRECTION_CITIZEN_NUMBER);
    if (!text->present || !numbers_read_citizen(request, "citizen_number", text->text, number)) {
        return true;
    }
    call_date(correction->call, PERSON_CORRECTION_PROPOSE_PARAM_BIRTH_DATE, number->birth_date);
    call_text(correction->call, PERSON_CORRECTION_PROPOSE_PARAM_SEX, number->is_male ? SPAN("male") : SPAN("female"));
    return numbers_items_citizen(request, number, &hashed) &&
           bind_number(correction, SPAN("citizen_number"),
                       (struct span){.bytes = number->text, .length = CITIZEN_NUMBER_LENGTH}, hashed);
}

static bool bind_certificate(struct correction *correction)
{
    struct request *request = correction->request;
    const struct arg *kind = arg_of(correction, PROPOSE_CORRECTION_CERTIFICATE_KIND);
    const struct arg *text = arg_of(correction, PROPOSE_CORRECTION_CERTIFICATE_NUMBER);
    struct span number, hashed;
    if (kind->present != text->present) {
        refuse(correction, kind->present ? "certificate_number" : "certificate_kind", "required");
        return true;
    }
    if (!kind->present) {
        return true;
    }
    if (span_equal(kind->text, SPAN("citizen_number"))) {
        refuse(correction, "certificate_kind", "not_allowed");
        return true;
    }
    if (arg_of(correction, PROPOSE_CORRECTION_CITIZEN_NUMBER)->present) {
        refuse(correction, "certificate_number", "not_allowed");
        return true;
    }
    return !numbers_read_certificate(request, "certificate_number", text->text, &number) ||
           (numbers_items_certificate(request, kind->text, number, &hashed) &&
            bind_number(correction, kind->text, number, hashed));
}

static void bind_date(struct correction *correction, int arg, const char *name, int param)
{
    const struct arg *date = arg_of(correction, arg);
    if (!date->present) {
        return;
    }
    if (date->number < date_from_civil(1850, 1, 1)) {
        refuse(correction, name, "too_small");
    } else if (date->number > clock_date_of(clock_business_us())) {
        refuse(correction, name, "too_large");
    } else {
        call_date(correction->call, param, (int32_t)date->number);
    }
}

bool correction_bind(struct request *request, struct call *call, struct uuid person_id, struct uuid proposal_id)
{
    struct correction *correction = arena_alloc(request->arena, sizeof *correction);
    if (correction == NULL || !arena_defer(request->arena, wipe, correction)) {
        return false;
    }
    *correction =
        (struct correction){.request = request, .call = call, .person_id = person_id, .proposal_id = proposal_id};
    if (!bind_name(correction) || !bind_phone(correction) || !bind_citizen_number(correction) ||
        !bind_certificate(correction) || !bind_card_number(correction) || !bind_bank_card(correction)) {
        return false;
    }
    const struct arg *sex = arg_of(correction, PROPOSE_CORRECTION_SEX);
    if (sex->present) {
        call_text(call, PERSON_CORRECTION_PROPOSE_PARAM_SEX, sex->text);
    }
    bind_date(correction, PROPOSE_CORRECTION_BIRTH_DATE, "birth_date", PERSON_CORRECTION_PROPOSE_PARAM_BIRTH_DATE);
    bind_date(correction, PROPOSE_CORRECTION_DECEASED_ON, "deceased_on", PERSON_CORRECTION_PROPOSE_PARAM_DECEASED_ON);
    return true;
}
