/* Letters and digits of ASCII, which document numbers are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

bool letters_are_digits(struct span text);
/* Copies letters and digits with small letters made capitals; false, with `out` undefined, when anything else stands
 * there. */
bool letters_to_capitals(struct span text, char *out);
