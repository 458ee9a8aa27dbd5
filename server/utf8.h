/* Whether text is UTF-8 (RFC 3629), and how much of it is not. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>

struct utf8_count {
    size_t good; /* sequences of more than one byte */
    size_t bad;
    size_t replaced; /* U+FFFD */
};

struct utf8_count utf8_count(struct span text);
/* Well-formed, and without U+FFFD. */
bool utf8_is_clean(struct span text);
