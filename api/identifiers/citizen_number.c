/* Citizen identity numbers (GB 11643): form, birth date, check character. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/citizen_number.h"
#include "server/clock.h"

#define OLD_LENGTH 15
#define BODY_LENGTH 17
#define REGION_LENGTH 6

char citizen_number_check(const char digits[BODY_LENGTH])
{
    static const int weights[BODY_LENGTH] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < BODY_LENGTH; i++) {
        sum += (digits[i] - '0') * weights[i];
    }
    return "10X98765432"[sum % 11];
}

static bool all_digits(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < '0' || bytes[i] > '9') {
            return false;
        }
    }
    return true;
}

/* Brings either form to 18 characters. */
static bool normalise(struct span text, char out[CITIZEN_NUMBER_LENGTH + 1])
{
    out[CITIZEN_NUMBER_LENGTH] = '\0';
    if (text.length == OLD_LENGTH && all_digits(text.bytes, OLD_LENGTH)) {
        memcpy(out, text.bytes, REGION_LENGTH);
        memcpy(out + REGION_LENGTH, "19", 2);
        memcpy(out + REGION_LENGTH + 2, text.bytes + REGION_LENGTH, OLD_LENGTH - REGION_LENGTH);
        out[BODY_LENGTH] = citizen_number_check(out);
        return true;
    }
    if (text.length != CITIZEN_NUMBER_LENGTH || !all_digits(text.bytes, BODY_LENGTH)) {
        return false;
    }
    memcpy(out, text.bytes, CITIZEN_NUMBER_LENGTH);
    if (out[BODY_LENGTH] == 'x') {
        out[BODY_LENGTH] = 'X';
    }
    return out[BODY_LENGTH] == 'X' || all_digits(out + BODY_LENGTH, 1);
}

enum citizen_number_status citizen_number_parse(struct span text, struct citizen_number *number)
{
    struct citizen_number parsed;
    if (!normalise(text, parsed.text)) {
        return CITIZEN_NUMBER_MALFORMED;
    }
    char date[10];
    memcpy(date, parsed.text + 6, 4);
    date[4] = '-';
    memcpy(date + 5, parsed.text + 10, 2);
    date[7] = '-';
    memcpy(date + 8, parsed.text + 12, 2);
    if (!date_parse((struct span){.bytes = date, .length = sizeof date}, &parsed.birth_date)) {
        return CITIZEN_NUMBER_DATE_INVALID;
    }
    if (citizen_number_check(parsed.text) != parsed.text[BODY_LENGTH]) {
        return CITIZEN_NUMBER_CHECK_DIFFERS;
    }
    parsed.is_male = (parsed.text[BODY_LENGTH - 1] - '0') % 2 == 1;
    *number = parsed;
    return CITIZEN_NUMBER_VALID;
}
