/* Whom the numbers of a request mean: checked for their form, hashed for the look-up and for counting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/who.h"
#include "api/api.h"
#include "api/identifiers/card_number.h"

#define ALL_BYTES 460 /* both numbers and a name of 100 characters */

struct numbers {
    struct citizen_number citizen;
    char card_bytes[CARD_NUMBER_MAX];
    struct span card;
};

static void read_citizen_number(struct request *request, const struct arg *arg, struct numbers *numbers)
{
    if (arg->present && citizen_number_parse(arg->text, &numbers->citizen) != CITIZEN_NUMBER_VALID) {
        request_fault(request, ARG_BODY, "citizen_number", "malformed", NULL);
    }
}

static void read_card_number(struct request *request, const struct arg *arg, struct numbers *numbers)
{
    if (arg->present && !card_number_normalise(arg->text, numbers->card_bytes, &numbers->card)) {
        request_fault(request, ARG_BODY, "card_number", "malformed", NULL);
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

enum problem who_read(struct request *request, int citizen_arg, int card_arg, struct span name, struct who *who)
{
    struct numbers numbers = {0};
    const struct arg *citizen_number = &request->args[citizen_arg];
    const struct arg *card_number = &request->args[card_arg];
    if (!citizen_number->present && !card_number->present) {
        request_fault(request, ARG_BODY, "citizen_number", "required", NULL);
    }
    read_citizen_number(request, citizen_number, &numbers);
    read_card_number(request, card_number, &numbers);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    who->has_citizen_number = citizen_number->present;
    who->has_card_number = card_number->present;
    struct span citizen = {.bytes = numbers.citizen.text,
                           .length = citizen_number->present ? CITIZEN_NUMBER_LENGTH : 0};
    bool is_done = hash_numbers(who, citizen, numbers.card) && hash_target(who, citizen, numbers.card, name) &&
                   attempt_source(request, who->source);
    explicit_bzero(&numbers, sizeof numbers);
    return is_done ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}
