/* Letters and digits of ASCII, which document numbers are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/letters.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool letters_are_digits(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.bytes[i])) {
            return false;
        }
    }
    return true;
}

bool letters_to_capitals(struct span text, char *out)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (!is_digit(out[i]) && (out[i] < 'A' || out[i] > 'Z')) {
            return false;
        }
    }
    return true;
}
