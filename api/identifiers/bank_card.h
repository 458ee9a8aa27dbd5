/* Bank card numbers: 13 to 19 digits with a Luhn check digit. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

bool bank_card_is_valid(struct span digits);
