/* Names of people as they are stored: what looks the same must be the same bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

#define PERSON_NAME_BYTES_MAX 200

/*
 * What two texts that look the same can differ in: blanks other than the plain and the ideographic one, and characters
 * of no width.
 */
bool text_has_invisible_character(struct span text);
bool text_has_control_character(struct span text); /* also U+0080 to U+009F */
/* UTF-8 of at most PERSON_NAME_BYTES_MAX bytes, nothing invisible in it, no blank at either end. */
bool person_name_is_valid(struct span text);
