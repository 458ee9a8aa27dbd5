/* Percent-encoding and UTF-8, read strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>

enum percent_rules {
    PERCENT_PATH,  /* a path segment: an encoded '/' is refused */
    PERCENT_QUERY, /* application/x-www-form-urlencoded: '+' is a space */
};

/*
 * Writes the decoded text to `out`, which holds encoded.length bytes, and its length to *written_bytes. False for a '%'
 * without two hexadecimal digits, an encoded NUL, and what the rules refuse.
 */
bool percent_decode(struct span encoded, enum percent_rules rules, char *out, size_t *written_bytes);

/* Whether it is well-formed UTF-8 (no overlong forms, no surrogates) without control characters; counts its characters.
 */
bool text_is_plain(struct span text, size_t *characters);
