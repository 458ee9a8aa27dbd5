/* Numbers of social-security cards: 6 to 20 letters and digits. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

#define CARD_NUMBER_MAX 20

/* Small letters become capitals: *number, in `out`, is what is hashed. Written only when true. */
bool card_number_normalise(struct span text, char out[CARD_NUMBER_MAX], struct span *number);
