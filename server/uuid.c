/* Makes, reads and writes identifiers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/uuid.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define KEY_MASK ((UINT64_C(1) << 62) - 1)

/* 60 bits: milliseconds, then 4096ths of one. A second call within a tick, or after the clock was set back, takes the
 * next tick. */
static uint64_t next_tick(void)
{
    static _Atomic uint64_t last_tick;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t tick = ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) << 12 |
                    (uint64_t)(now.tv_nsec % 1000000) * 4096 / 1000000;
    uint64_t last = atomic_load_explicit(&last_tick, memory_order_relaxed);
    uint64_t next;
    do {
        next = tick > last ? tick : last + 1;
    } while (!atomic_compare_exchange_weak(&last_tick, &last, next));
    return next;
}

static void put_big_endian(uint8_t *out, unsigned bytes, uint64_t value)
{
    while (bytes-- > 0) {
        out[bytes] = (uint8_t)value;
        value >>= 8;
    }
}

struct uuid uuid_make(uint64_t key)
{
    uint64_t tick = next_tick();
    struct uuid id = {0};
    put_big_endian(id.bytes, 6, tick >> 12);
    put_big_endian(id.bytes + 6, 2, UINT64_C(0x7000) | (tick & 0xfff));
    put_big_endian(id.bytes + 8, 8, (UINT64_C(2) << 62) | (key & KEY_MASK));
    return id;
}

uint64_t uuid_key(struct uuid id)
{
    uint64_t key = 0;
    for (unsigned i = 8; i < 16; i++)
        key = key << 8 | id.bytes[i];
    return key & KEY_MASK;
}

uint64_t uuid_random_key(void)
{
    uint64_t key = 0;
    while (key == 0) {
        if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key) && errno != EINTR)
            abort(); /* without randomness nothing here is safe */
        key &= KEY_MASK;
    }
    return key;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_dash(unsigned position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

bool uuid_parse(struct span text, struct uuid *id)
{
    if (text.length != UUID_TEXT_LENGTH)
        return false;
    unsigned byte = 0;
    for (unsigned i = 0; i < UUID_TEXT_LENGTH;) {
        if (is_dash(i)) {
            if (text.bytes[i++] != '-')
                return false;
            continue;
        }
        int high = digit_of(text.bytes[i]);
        int low = digit_of(text.bytes[i + 1]);
        if (high < 0 || low < 0)
            return false;
        id->bytes[byte++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    return true;
}

void uuid_format(struct uuid id, char out[UUID_TEXT_LENGTH + 1])
{
    static const char digits[] = "0123456789abcdef";
    char *next = out;
    for (unsigned i = 0; i < 16; i++) {
        if (is_dash((unsigned)(next - out)))
            *next++ = '-';
        *next++ = digits[id.bytes[i] >> 4];
        *next++ = digits[id.bytes[i] & 15];
    }
    *next = 0;
}

bool uuid_equal(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}
