/* JPEG (ITU-T T.81, annex B): segment by segment, a frame before its scans, the end mark, and behind it what is known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge_jpeg.h"
#include "server/limits.h"

enum {
    MARK = 0xff,
    START_OF_FRAME_0 = 0xc0,
    START_OF_FRAME_15 = 0xcf,
    HUFFMAN_TABLES = 0xc4,
    RESERVED_JPG = 0xc8,
    ARITHMETIC_TABLES = 0xcc,
    RESTART_0 = 0xd0,
    RESTART_7 = 0xd7,
    END_OF_IMAGE = 0xd9,
    START_OF_SCAN = 0xda,
    APPLICATION_2 = 0xe2,
    FIRST_WITH_LENGTH = 0xc0, /* but for 0xd0 to 0xd9 */
};

struct walk {
    struct span bytes;
    size_t at;
    bool has_frame, has_scan, has_index;
};

static bool is_frame(unsigned marker)
{
    return marker >= START_OF_FRAME_0 && marker <= START_OF_FRAME_15 && marker != HUFFMAN_TABLES &&
           marker != RESERVED_JPG && marker != ARITHMETIC_TABLES;
}

static unsigned byte_at(const struct walk *walk, size_t at)
{
    return (unsigned char)walk->bytes.bytes[at];
}

/* length, precision, height, width, number of components, three bytes of each. */
static enum document_fault judge_frame(const char *segment, uint32_t length)
{
    uint32_t components = length < 8 ? 0 : (unsigned char)segment[7];
    if (components == 0 || length != 8 + 3 * components)
        return DOCUMENT_DAMAGED;
    uint64_t pixels = (uint64_t)document_be16(segment + 3) * document_be16(segment + 5);
    if (pixels == 0)
        return DOCUMENT_DAMAGED;
    return pixels > LIMIT_DOCUMENT_PIXELS ? DOCUMENT_TOO_MANY_PIXELS : DOCUMENT_GOOD;
}

/* To the next marker: in what is coded, 0xff is followed by 0, or is a restart. */
static void skip_scan(struct walk *walk)
{
    while (walk->at + 1 < walk->bytes.length) {
        unsigned next = byte_at(walk, walk->at + 1);
        bool is_coded = byte_at(walk, walk->at) != MARK || next == 0 || (next >= RESTART_0 && next <= RESTART_7);
        if (!is_coded && next != MARK)
            return;
        walk->at++;
    }
    walk->at = walk->bytes.length;
}

static enum document_fault take_segment(struct walk *walk, unsigned marker)
{
    if (marker < FIRST_WITH_LENGTH || (marker >= RESTART_0 && marker <= END_OF_IMAGE))
        return DOCUMENT_DAMAGED;
    if (walk->bytes.length - walk->at < 2)
        return DOCUMENT_TRUNCATED;
    const char *segment = walk->bytes.bytes + walk->at;
    uint32_t length = document_be16(segment);
    if (length < 2)
        return DOCUMENT_DAMAGED;
    if (length > walk->bytes.length - walk->at)
        return DOCUMENT_TRUNCATED;
    walk->at += length;
    walk->has_index = walk->has_index || (marker == APPLICATION_2 && length >= 6 && memcmp(segment + 2, "MPF", 4) == 0);
    if (is_frame(marker)) {
        walk->has_frame = true;
        return judge_frame(segment, length);
    }
    if (marker == START_OF_SCAN) {
        walk->has_scan = true;
        skip_scan(walk);
        return walk->has_frame ? DOCUMENT_GOOD : DOCUMENT_DAMAGED;
    }
    return DOCUMENT_GOOD;
}

enum document_fault document_jpeg_image(struct span bytes, struct jpeg_image *image)
{
    struct walk walk = {.bytes = bytes, .at = 2};
    enum document_fault fault = DOCUMENT_GOOD;
    while (fault == DOCUMENT_GOOD) {
        if (walk.at == bytes.length)
            return DOCUMENT_TRUNCATED;
        if (byte_at(&walk, walk.at) != MARK)
            return DOCUMENT_DAMAGED;
        while (walk.at < bytes.length && byte_at(&walk, walk.at) == MARK)
            walk.at++;
        if (walk.at == bytes.length)
            return DOCUMENT_TRUNCATED;
        unsigned marker = byte_at(&walk, walk.at++);
        if (marker == END_OF_IMAGE && walk.has_scan) {
            *image = (struct jpeg_image){.length = walk.at, .has_index = walk.has_index};
            return DOCUMENT_GOOD;
        }
        fault = take_segment(&walk, marker);
    }
    return fault;
}

enum document_fault document_judge_jpeg(struct span bytes)
{
    struct jpeg_image image;
    enum document_fault fault = document_jpeg_image(bytes, &image);
    if (fault != DOCUMENT_GOOD)
        return fault;
    struct span rest = {.bytes = bytes.bytes + image.length, .length = bytes.length - image.length};
    return document_judge_jpeg_trailer(rest, image.has_index);
}
