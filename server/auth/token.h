/* The text of bearer tokens: making it, recognising its form, and the hash that is kept instead of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * yb_<kind>_<secret>_<check>: kind is c (citizen), k (client), s (staff) or r (refresh); secret is 43 base64url
 * characters of 32 random bytes; check is the CRC-32 (IEEE) of the 48 characters before its underscore, as 8 small
 * hexadecimal digits. So a mistyped or cut token is refused without asking the database, and scanners find leaked ones
 * by their prefix.
 */
#define TOKEN_TEXT_LENGTH 57
#define TOKEN_HASH_BYTES 32

/* False when the system gives no randomness, or for anonymous. The caller wipes `out`. */
bool token_make(enum principal_kind kind, char out[TOKEN_TEXT_LENGTH + 1]);
/* True when the form and the check digits are right: it may exist. */
bool token_check(struct span text, enum principal_kind *kind);

/* Refresh tokens have the same form with the kind r. They are no bearer tokens: token_check refuses them. */
bool token_make_refresh(char out[TOKEN_TEXT_LENGTH + 1]);
bool token_check_refresh(struct span text);

/* SHA-256 of the whole text. The secret has 256 random bits, so neither salt nor stretching is needed. */
bool token_hash(struct span text, uint8_t out[TOKEN_HASH_BYTES]);
