/* Whom the numbers of a request mean: checked for their form, hashed for the look-up and for counting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/who.h"
#include "api/api.h"
#include "api/identifiers/certificate_number.h"
#include "api/people/numbers.h"

#define ALL_BYTES 520 /* both numbers and a name of 100 characters */

struct numbers {
    struct citizen_number citizen;
    char certificate_bytes[CERTIFICATE_HASHED_MAX];
    struct span citizen_number; /* or what stands for another certificate; empty when not given */
    struct span card_number;
};

static void read_citizen_number(struct request *request, const struct arg *arg, struct numbers *numbers)
{
    if (arg->present && numbers_read_citizen(request, "citizen_number", arg->text, &numbers->citizen)) {
        numbers->citizen_number = (struct span){.bytes = numbers->citizen.text, .length = CITIZEN_NUMBER_LENGTH};
    }
}

/* Of people without a citizen number; the kind goes with the number. */
static void read_certificate(struct request *request, const struct who_args *args, struct numbers *numbers)
{
    if (args->certificate_kind == WHO_NO_ARG) {
        return;
    }
    const struct arg *kind = &request->args[args->certificate_kind];
    const struct arg *number = &request->args[args->certificate_number];
    struct span plain;
    if (kind->present != number->present) {
        request_fault(request, ARG_BODY, kind->present ? "certificate_number" : "certificate_kind", "required", NULL);
    } else if (number->present && request->args[args->citizen_number].present) {
        request_fault(request, ARG_BODY, "certificate_number", "not_allowed", NULL);
    } else if (number->present && numbers_read_certificate(request, "certificate_number", number->text, &plain)) {
        numbers->citizen_number = certificate_number_hashed(kind->text, plain, numbers->certificate_bytes);
    }
}

static void read_card_number(struct request *request, const struct arg *arg, struct numbers *numbers)
{
    if (arg->present) {
        numbers_read_card(request, "card_number", arg->text, &numbers->card_number);
    }
}

static bool hash_numbers(struct who *who, struct span citizen, struct span card)
{
    const struct keyring *keyring = api_keyring();
    if (who->has_citizen_number && !keyring_hash(keyring, KEY_HASH_CITIZEN_NUMBER, citizen, who->citizen_hash)) {
        return false;
    }
    if (who->has_card_number && !keyring_hash(keyring, KEY_HASH_CARD_NUMBER, card, who->card_hash)) {
        return false;
    }
    return who->has_citizen_number ? attempt_hash("citizen_number", citizen, who->subject)
                                   : attempt_hash("card_number", card, who->subject);
}

/* Whoever knows one number only counts by it; two numbers, and a name with them, are something else. */
static bool hash_target(struct who *who, struct span citizen, struct span card, struct span name)
{
    char all[ALL_BYTES];
    size_t length = 0;
    if (!who->has_citizen_number || !who->has_card_number) {
        memcpy(who->target, who->subject, sizeof who->target);
        return true;
    }
    const struct span parts[] = {citizen, SPAN(":"), card, SPAN(":"), name};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].length > sizeof all - length) {
            return false;
        }
        memcpy(all + length, parts[i].bytes, parts[i].length);
        length += parts[i].length;
    }
    bool is_done = attempt_hash("all", (struct span){.bytes = all, .length = length}, who->target);
    explicit_bzero(all, sizeof all);
    return is_done;
}

static void read_numbers(struct request *request, const struct who_args *args, struct numbers *numbers)
{
    read_citizen_number(request, &request->args[args->citizen_number], numbers);
    read_certificate(request, args, numbers);
    read_card_number(request, &request->args[args->card_number], numbers);
    bool is_one_enough = args->certificate_kind == WHO_NO_ARG;
    bool has_any = numbers->citizen_number.length > 0 || (is_one_enough && numbers->card_number.length > 0);
    if (request->faults_count == 0 && !has_any) {
        request_fault(request, ARG_BODY, "citizen_number", "required", NULL);
    }
}

enum problem who_read(struct request *request, const struct who_args *args, struct span name, struct who *who)
{
    struct numbers numbers = {.citizen_number = SPAN(""), .card_number = SPAN("")};
    read_numbers(request, args, &numbers);
    who->has_citizen_number = numbers.citizen_number.length > 0;
    who->has_card_number = numbers.card_number.length > 0;
    bool is_done = request->faults_count > 0 || (hash_numbers(who, numbers.citizen_number, numbers.card_number) &&
                                                 hash_target(who, numbers.citizen_number, numbers.card_number, name) &&
                                                 attempt_source(request, who->source));
    explicit_bzero(&numbers, sizeof numbers);
    if (!is_done) {
        return PROBLEM_INTERNAL_ERROR;
    }
    return request->faults_count > 0 ? PROBLEM_VALIDATION_FAILED : PROBLEM_NONE;
}
