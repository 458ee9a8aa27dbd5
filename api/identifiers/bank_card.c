/* Bank card numbers: 13 to 19 digits with a Luhn check digit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/bank_card.h"

#define SHORTEST 13
#define LONGEST 19

bool bank_card_is_valid(struct span digits)
{
    if (digits.length < SHORTEST || digits.length > LONGEST) {
        return false;
    }
    int sum = 0;
    for (size_t i = 0; i < digits.length; i++) {
        char c = digits.bytes[digits.length - 1 - i];
        if (c < '0' || c > '9') {
            return false;
        }
        int value = c - '0';
        if (i % 2 == 1) {
            value = value > 4 ? 2 * value - 9 : 2 * value;
        }
        sum += value;
    }
    return sum % 10 == 0;
}
