/* Numbers of people as staff send them: checked, normalised, hashed; what is wrong becomes a fault of the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/numbers.h"
#include "api/identifiers/card_number.h"
#include "api/identifiers/certificate_number.h"
#include "api/sealed.h"
#include "server/clock.h"

#define YEAR_MIN 1850       /* person.birth_date */
#define DIGITS_OF_NUMBERS 7 /* the shortest telephone number */

static void refuse(struct request *request, const char *name, const char *code, const char *zh, const char *en)
{
    request_fault(request, ARG_BODY, name, code, request->language == LANGUAGE_EN ? en : zh);
}

bool numbers_read_citizen(struct request *request, const char *name, struct span text, struct citizen_number *number)
{
    switch (citizen_number_parse(text, number)) {
    case CITIZEN_NUMBER_MALFORMED:
        refuse(request, name, "malformed", "身份证号码须为 18 位（旧号码 15 位）。",
               "A citizen number has 18 characters, an old one 15.");
        return false;
    case CITIZEN_NUMBER_DATE_INVALID:
        refuse(request, name, "malformed", "身份证号码中的出生日期不存在。",
               "The date of birth in it is no real date.");
        return false;
    case CITIZEN_NUMBER_CHECK_DIFFERS:
        refuse(request, name, "malformed", "身份证号码的校验码不符，请核对。", "Its check character does not fit.");
        return false;
    case CITIZEN_NUMBER_VALID:
        break;
    }
    if (number->birth_date > clock_date_of(clock_business_us()) ||
        number->birth_date < date_from_civil(YEAR_MIN, 1, 1)) {
        refuse(request, name, "malformed", "身份证号码中的出生日期不可能。", "The date of birth in it cannot be.");
        return false;
    }
    return true;
}

bool numbers_read_certificate(struct request *request, const char *name, struct span text, struct span *number)
{
    char *room = arena_alloc(request->arena, CERTIFICATE_NUMBER_MAX);
    if (room != NULL && certificate_number_normalise(text, room, number)) {
        return true;
    }
    refuse(request, name, "malformed", "证件号码须为 4 至 32 位字母和数字。",
           "A certificate number is 4 to 32 letters and digits.");
    return false;
}

bool numbers_read_card(struct request *request, const char *name, struct span text, struct span *number)
{
    char *room = arena_alloc(request->arena, CARD_NUMBER_MAX);
    if (room != NULL && card_number_normalise(text, room, number)) {
        return true;
    }
    refuse(request, name, "malformed", "社会保障卡号须为 6 至 20 位字母和数字。",
           "A card number is 6 to 20 letters and digits.");
    return false;
}

bool numbers_hash_citizen(struct request *request, const struct citizen_number *number, struct span *hash)
{
    return sealed_hash(request, KEY_HASH_CITIZEN_NUMBER,
                       (struct span){.bytes = number->text, .length = CITIZEN_NUMBER_LENGTH}, hash);
}

bool numbers_hash_certificate(struct request *request, struct span kind, struct span number, struct span *hash)
{
    char hashed[CERTIFICATE_HASHED_MAX];
    bool is_done = sealed_hash(request, KEY_HASH_CITIZEN_NUMBER, certificate_number_hashed(kind, number, hashed), hash);
    explicit_bzero(hashed, sizeof hashed);
    return is_done;
}

bool numbers_items_citizen(struct request *request, const struct citizen_number *number, struct span *items)
{
    return sealed_hash_items(request, KEY_HASH_CITIZEN_NUMBER,
                             (struct span){.bytes = number->text, .length = CITIZEN_NUMBER_LENGTH}, items);
}

bool numbers_items_certificate(struct request *request, struct span kind, struct span number, struct span *items)
{
    char hashed[CERTIFICATE_HASHED_MAX];
    bool is_done =
        sealed_hash_items(request, KEY_HASH_CITIZEN_NUMBER, certificate_number_hashed(kind, number, hashed), items);
    explicit_bzero(hashed, sizeof hashed);
    return is_done;
}

bool numbers_may_be_in(struct span text)
{
    size_t run = 0;
    for (size_t i = 0; i < text.length && run < DIGITS_OF_NUMBERS; i++) {
        run = text.bytes[i] >= '0' && text.bytes[i] <= '9' ? run + 1 : 0;
    }
    return run >= DIGITS_OF_NUMBERS;
}
