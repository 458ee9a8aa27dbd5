/* SipHash-2-4: a keyed 64-bit hash for tables that strangers can fill. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t words[2];
};

void siphash_key_make(struct siphash_key *key); /* from getrandom; ends the process when the system has no randomness */
uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length);
