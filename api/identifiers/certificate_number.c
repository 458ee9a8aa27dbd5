/* Numbers of passports, permits and other certificates of people without a citizen number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/certificate_number.h"
#include "api/identifiers/letters.h"
#include <assert.h>

#define CERTIFICATE_NUMBER_MIN 4

bool certificate_number_normalise(struct span text, char out[CERTIFICATE_NUMBER_MAX], struct span *number)
{
    if (text.length < CERTIFICATE_NUMBER_MIN || text.length > CERTIFICATE_NUMBER_MAX ||
        !letters_to_capitals(text, out)) {
        return false;
    }
    *number = (struct span){.bytes = out, .length = text.length};
    return true;
}

struct span certificate_number_hashed(struct span kind, struct span number, char out[CERTIFICATE_HASHED_MAX])
{
    assert(kind.length + 1 + number.length <= CERTIFICATE_HASHED_MAX);
    memcpy(out, kind.bytes, kind.length);
    out[kind.length] = ':';
    memcpy(out + kind.length + 1, number.bytes, number.length);
    return (struct span){.bytes = out, .length = kind.length + 1 + number.length};
}
