/* Identifiers: time in front, the person's key in the low 62 bits. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT_LENGTH 36

struct uuid {
    uint8_t bytes[16];
};

/* Version 7 (RFC 9562): 48 bits of milliseconds, 12 of fraction, variant, key. Strictly growing per process. */
struct uuid uuid_make(uint64_t key);
uint64_t uuid_key(struct uuid id);                  /* the low 62 bits */
uint64_t uuid_random_key(void);                     /* 62 random bits, never 0 */
bool uuid_parse(struct span text, struct uuid *id); /* canonical 36 characters, either case */
void uuid_format(struct uuid id, char out[UUID_TEXT_LENGTH + 1]);
bool uuid_equal(struct uuid a, struct uuid b);
