/* Reads numbers that came through a telephone's keys, where * stands for X. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/keyed_in.h"
#include "api/identifiers/citizen_number.h"
#include <openssl/crypto.h>
#include <stdio.h>

#define MOBILE_LENGTH 11
#define COUNTRY "86"

static bool is_digits(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
    }
    return text.length > 0;
}

static bool read_number(struct span text, struct keyed_in *keyed_in)
{
    if (text.length > KEYED_NUMBER_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        bool is_x = c == '*' || c == 'x' || c == 'X';
        if (!is_x && (c < '0' || c > '9')) {
            return false;
        }
        keyed_in->digits[i] = is_x ? 'X' : c;
    }
    struct citizen_number number;
    keyed_in->is_citizen_number = citizen_number_parse(span_of(keyed_in->digits), &number) == CITIZEN_NUMBER_VALID;
    snprintf(keyed_in->number, sizeof keyed_in->number, "%s",
             keyed_in->is_citizen_number ? number.text : keyed_in->digits);
    return true;
}

static bool read_pin(struct span text, struct keyed_in *keyed_in)
{
    if (text.length != KEYED_PIN_BYTES || !is_digits(text)) {
        return false;
    }
    memcpy(keyed_in->pin, text.bytes, KEYED_PIN_BYTES);
    OPENSSL_cleanse((char *)(uintptr_t)text.bytes, text.length); /* the arena's own copy */
    return true;
}

/* One phone is one source, with or without the country in front. */
static bool read_phone(struct span text, struct keyed_in *keyed_in)
{
    struct span rest = text;
    size_t prefix = text.length > 0 && text.bytes[0] == '+' ? 1 : 0;
    if (text.length > 2 && text.bytes[0] == '0' && text.bytes[1] == '0') {
        prefix = 2;
    }
    rest.bytes += prefix;
    rest.length -= prefix;
    if (rest.length == sizeof COUNTRY - 1 + MOBILE_LENGTH && memcmp(rest.bytes, COUNTRY, sizeof COUNTRY - 1) == 0) {
        rest.bytes += sizeof COUNTRY - 1;
        rest.length -= sizeof COUNTRY - 1;
    }
    if (!is_digits(rest) || rest.length > KEYED_PHONE_BYTES) {
        return false;
    }
    memcpy(keyed_in->source, rest.bytes, rest.length);
    keyed_in->source_kind = "phone";
    return true;
}

static void take_client(const struct request *request, struct keyed_in *keyed_in)
{
    uuid_format(request->principal.subject_id, keyed_in->source);
    keyed_in->source_kind = "client";
}

bool keyed_in_read(struct request *request, const struct caller_args *args, struct keyed_in *keyed_in)
{
    const struct arg *phone = &request->args[args->phone];
    if (!read_number(request->args[args->number].text, keyed_in)) {
        request_fault(request, ARG_HEADER, "caller-number", "malformed", NULL);
    }
    if (!read_pin(request->args[args->pin].text, keyed_in)) {
        request_fault(request, ARG_HEADER, "caller-pin", "malformed", NULL);
    }
    if (!phone->present) {
        take_client(request, keyed_in);
    } else if (!read_phone(phone->text, keyed_in)) {
        request_fault(request, ARG_HEADER, "caller-phone", "malformed", NULL);
    }
    return request->faults_count == 0;
}
