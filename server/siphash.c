/* SipHash-2-4 as its authors describe it (Aumasson, Bernstein: "SipHash: a fast short-input PRF"). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/siphash.h"
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

void siphash_key_make(struct siphash_key *key)
{
    if (getrandom(key, sizeof *key, 0) != (ssize_t)sizeof *key) {
        perror("getrandom");
        abort();
    }
}

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void turn(struct state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    turn(s);
    turn(s);
    s->v0 ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length)
{
    struct state s = {key->words[0] ^ 0x736f6d6570736575U, key->words[1] ^ 0x646f72616e646f6dU,
                      key->words[0] ^ 0x6c7967656e657261U, key->words[1] ^ 0x7465646279746573U};
    const unsigned char *at = bytes;
    uint64_t word;
    for (size_t left = length / 8; left > 0; left--, at += 8) {
        memcpy(&word, at, sizeof word);
        absorb(&s, le64toh(word));
    }
    word = 0;
    if (length % 8 > 0)
        memcpy(&word, at, length % 8);
    absorb(&s, le64toh(word) | (uint64_t)length << 56);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        turn(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
