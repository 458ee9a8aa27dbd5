/* Telephone numbers: 7 to 15 digits, without blanks and signs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/phone.h"
#include "api/identifiers/letters.h"

#define PHONE_MIN 7
#define PHONE_MAX 15

bool phone_is_valid(struct span text)
{
    return text.length >= PHONE_MIN && text.length <= PHONE_MAX && letters_are_digits(text);
}
