/* Unified social credit codes of employers (GB 32100). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/credit_code.h"
#include "api/identifiers/letters.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
#define ALPHABET_SIZE 31

/* The place in the alphabet, or −1. */
static int value_of(char c)
{
    const char *found = c == '\0' ? NULL : strchr(alphabet, c);
    return found == NULL ? -1 : (int)(found - alphabet);
}

enum credit_code_status credit_code_check(struct span code)
{
    if (code.length != CREDIT_CODE_LENGTH) {
        return CREDIT_CODE_MALFORMED;
    }
    int sum = 0;
    int weight = 1;
    for (size_t i = 0; i < CREDIT_CODE_LENGTH - 1; i++) {
        int value = value_of(code.bytes[i]);
        if (value < 0) {
            return CREDIT_CODE_MALFORMED;
        }
        sum += value * weight;
        weight = weight * 3 % ALPHABET_SIZE;
    }
    int check = value_of(code.bytes[CREDIT_CODE_LENGTH - 1]);
    if (check < 0) {
        return CREDIT_CODE_MALFORMED;
    }
    int expected = (ALPHABET_SIZE - sum % ALPHABET_SIZE) % ALPHABET_SIZE;
    return check == expected ? CREDIT_CODE_VALID : CREDIT_CODE_CHECK_DIFFERS;
}

bool credit_code_normalise(struct span text, char out[CREDIT_CODE_LENGTH])
{
    return text.length == CREDIT_CODE_LENGTH && letters_to_capitals(text, out);
}
