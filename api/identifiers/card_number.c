/* Numbers of social-security cards: 6 to 20 letters and digits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/card_number.h"
#include "api/identifiers/letters.h"

#define CARD_NUMBER_MIN 6

bool card_number_normalise(struct span text, char out[CARD_NUMBER_MAX], struct span *number)
{
    if (text.length < CARD_NUMBER_MIN || text.length > CARD_NUMBER_MAX || !letters_to_capitals(text, out)) {
        return false;
    }
    *number = (struct span){.bytes = out, .length = text.length};
    return true;
}
