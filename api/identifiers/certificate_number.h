/* Numbers of passports, permits and other certificates of people without a citizen number. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

#define CERTIFICATE_NUMBER_MAX 32
#define CERTIFICATE_HASHED_MAX 64

/* 4 to 32 letters and digits; small letters become capitals. *number, in `out`, is written only when true. */
bool certificate_number_normalise(struct span text, char out[CERTIFICATE_NUMBER_MAX], struct span *number);
/*
 * What stands for the number in person_identifier (kind citizen_number) once hashed: "passport:E12345678". The kind is
 * part of it, so that no certificate is ever taken for another or for a citizen number, which is hashed bare.
 */
struct span certificate_number_hashed(struct span kind, struct span number, char out[CERTIFICATE_HASHED_MAX]);
