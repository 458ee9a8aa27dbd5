/* Counts the sequences of UTF-8, good and bad. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/utf8.h"
#include <stdint.h>

#define REPLACEMENT "\xEF\xBF\xBD"

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Length of the well-formed sequence at `at`, 0 when it is broken. */
static size_t sequence_length(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);
    if (at[0] < 0x80) {
        return 1;
    }
    if (at[0] >= 0xC2 && at[0] <= 0xDF) {
        return left >= 2 && is_continuation(at[1]) ? 2 : 0;
    }
    if (at[0] >= 0xE0 && at[0] <= 0xEF) {
        bool fits = left >= 3 && is_continuation(at[1]) && is_continuation(at[2]);
        bool is_overlong = at[0] == 0xE0 && fits && at[1] < 0xA0;
        bool is_surrogate = at[0] == 0xED && fits && at[1] >= 0xA0;
        return fits && !is_overlong && !is_surrogate ? 3 : 0;
    }
    if (at[0] >= 0xF0 && at[0] <= 0xF4) {
        bool fits = left >= 4 && is_continuation(at[1]) && is_continuation(at[2]) && is_continuation(at[3]);
        bool is_overlong = at[0] == 0xF0 && fits && at[1] < 0x90;
        bool is_beyond = at[0] == 0xF4 && fits && at[1] >= 0x90;
        return fits && !is_overlong && !is_beyond ? 4 : 0;
    }
    return 0;
}

static const unsigned char *skip_ascii(const unsigned char *at, const unsigned char *end)
{
    while (end - at >= 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof(eight));
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        at += 8;
    }
    while (at < end && *at < 0x80) {
        at++;
    }
    return at;
}

struct utf8_count utf8_count(struct span text)
{
    struct utf8_count count = {0};
    const unsigned char *at = (const unsigned char *)text.bytes;
    const unsigned char *end = at + text.length;
    while ((at = skip_ascii(at, end)) < end) {
        size_t length = sequence_length(at, end);
        count.good += length > 1;
        count.bad += length == 0;
        count.replaced += length == 3 && memcmp(at, REPLACEMENT, 3) == 0;
        at += length == 0 ? 1 : length;
    }
    return count;
}

bool utf8_is_clean(struct span text)
{
    struct utf8_count count = utf8_count(text);
    return count.bad == 0 && count.replaced == 0;
}
