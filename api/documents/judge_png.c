/* PNG (ISO/IEC 15948): chunk by chunk with their check sums, from IHDR to an IEND that is the very end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"
#include "server/limits.h"

#define SIGNATURE_BYTES 8
#define CHUNK_OVERHEAD_BYTES 12 /* length, type, check sum */
#define IHDR_BYTES 13
#define LENGTH_MAX 0x7fffffffU
#define CRC_POLYNOMIAL 0xedb88320U

struct table {
    uint32_t of_nibble[16];
};

static struct table crc_table(void)
{
    struct table table;
    for (uint32_t n = 0; n < 16; n++) {
        uint32_t c = n;
        for (int bit = 0; bit < 4; bit++)
            c = (c & 1) != 0 ? CRC_POLYNOMIAL ^ (c >> 1) : c >> 1;
        table.of_nibble[n] = c;
    }
    return table;
}

static uint32_t crc_of(const struct table *table, struct span bytes)
{
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < bytes.length; i++) {
        c ^= (unsigned char)bytes.bytes[i];
        c = table->of_nibble[c & 15] ^ (c >> 4);
        c = table->of_nibble[c & 15] ^ (c >> 4);
    }
    return ~c;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_type(struct span type)
{
    for (size_t i = 0; i < type.length; i++)
        if (!is_letter(type.bytes[i]))
            return false;
    return true;
}

/* The depths that a colour type may have, as bits. */
static unsigned depths_of(unsigned colour)
{
    enum { DEPTH_1 = 1 << 1, DEPTH_2 = 1 << 2, DEPTH_4 = 1 << 4, DEPTH_8 = 1 << 8, DEPTH_16 = 1 << 16 };
    switch (colour) {
    case 0:
        return DEPTH_1 | DEPTH_2 | DEPTH_4 | DEPTH_8 | DEPTH_16;
    case 3:
        return DEPTH_1 | DEPTH_2 | DEPTH_4 | DEPTH_8;
    case 2:
    case 4:
    case 6:
        return DEPTH_8 | DEPTH_16;
    default:
        return 0;
    }
}

/* width, height, depth, colour, compression, filter, interlacing. */
static enum document_fault judge_header(struct span header)
{
    if (header.length != IHDR_BYTES)
        return DOCUMENT_DAMAGED;
    uint64_t width = document_be32(header.bytes), height = document_be32(header.bytes + 4);
    unsigned depth = (unsigned char)header.bytes[8], colour = (unsigned char)header.bytes[9];
    bool is_known = depth <= 16 && (depths_of(colour) >> depth & 1) != 0 && header.bytes[10] == 0 &&
                    header.bytes[11] == 0 && (unsigned char)header.bytes[12] <= 1;
    if (!is_known || width == 0 || height == 0 || width > LENGTH_MAX || height > LENGTH_MAX)
        return DOCUMENT_DAMAGED;
    return width * height > LIMIT_DOCUMENT_PIXELS ? DOCUMENT_TOO_MANY_PIXELS : DOCUMENT_GOOD;
}

enum document_fault document_judge_png(struct span bytes)
{
    const struct table table = crc_table();
    bool has_data = false;
    for (size_t at = SIGNATURE_BYTES;;) {
        if (bytes.length - at < CHUNK_OVERHEAD_BYTES)
            return DOCUMENT_TRUNCATED;
        const char *chunk = bytes.bytes + at;
        uint32_t length = document_be32(chunk);
        struct span type = {.bytes = chunk + 4, .length = 4};
        if (length > LENGTH_MAX || !is_type(type) || (at == SIGNATURE_BYTES) != span_equal(type, SPAN("IHDR")))
            return DOCUMENT_DAMAGED;
        if (length > bytes.length - at - CHUNK_OVERHEAD_BYTES)
            return DOCUMENT_TRUNCATED;
        if (crc_of(&table, (struct span){.bytes = chunk + 4, .length = 4 + (size_t)length}) !=
            document_be32(chunk + 8 + length))
            return DOCUMENT_DAMAGED;
        enum document_fault fault =
            at > SIGNATURE_BYTES ? DOCUMENT_GOOD : judge_header((struct span){.bytes = chunk + 8, .length = length});
        if (fault != DOCUMENT_GOOD)
            return fault;
        at += CHUNK_OVERHEAD_BYTES + length;
        has_data |= span_equal(type, SPAN("IDAT"));
        if (!span_equal(type, SPAN("IEND")))
            continue;
        if (length > 0 || !has_data)
            return DOCUMENT_DAMAGED;
        return at == bytes.length ? DOCUMENT_GOOD : DOCUMENT_TRAILING_BYTES;
    }
}
