/* What telephones leave behind a JPEG's end: zeros, the further pictures that its index announces (MPF), Samsung's
 * notes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"
#include "api/documents/judge_jpeg.h"

/*
 * Samsung's notes: blocks {0, kind (2), length of the name (4), name, data} without a gap, then "SEFH", version (4),
 * number of blocks (4), for each {0, kind (2), distance back from "SEFH" to the block (4), its size (4)}, length from
 * "SEFH" to here (4), "SEFT". All little endian.
 */
enum {
    NOTES_BYTES_MAX = 65536,
    DIRECTORY_HEAD_BYTES = 12,
    DIRECTORY_ENTRY_BYTES = 12,
    DIRECTORY_TAIL_BYTES = 8,
    BLOCK_HEAD_BYTES = 8,
};

static uint32_t le32(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8 | (uint32_t)(unsigned char)at[2] << 16 |
           (uint32_t)(unsigned char)at[3] << 24;
}

static struct span rest_from(struct span bytes, size_t at)
{
    return (struct span){.bytes = bytes.bytes + at, .length = bytes.length - at};
}

/* `at`: where the blocks before have ended. False when the entry does not say that its block follows them there. */
static bool take_block(struct span blocks, const char *entry, size_t *at)
{
    size_t back = le32(entry + 4), size = le32(entry + 8);
    if (back > blocks.length || blocks.length - back != *at || size > back || size < BLOCK_HEAD_BYTES)
        return false;
    const char *block = blocks.bytes + *at;
    *at += size;
    return memcmp(block, entry, 4) == 0 && le32(block + 4) <= size - BLOCK_HEAD_BYTES;
}

static bool are_notes(struct span rest)
{
    if (rest.length < DIRECTORY_HEAD_BYTES + DIRECTORY_TAIL_BYTES || rest.length > NOTES_BYTES_MAX ||
        memcmp(rest.bytes + rest.length - 4, "SEFT", 4) != 0)
        return false;
    size_t room = rest.length - DIRECTORY_TAIL_BYTES, length = le32(rest.bytes + room), at = 0;
    if (length < DIRECTORY_HEAD_BYTES || length > room)
        return false;
    struct span blocks = {.bytes = rest.bytes, .length = room - length};
    const char *directory = rest.bytes + blocks.length;
    size_t count = le32(directory + 8);
    if (memcmp(directory, "SEFH", 4) != 0 || count > length ||
        length != DIRECTORY_HEAD_BYTES + count * DIRECTORY_ENTRY_BYTES)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_block(blocks, directory + DIRECTORY_HEAD_BYTES + i * DIRECTORY_ENTRY_BYTES, &at))
            return false;
    return at == blocks.length;
}

/* A picture is one of the first's index; its head could be looked at by itself, so it must not pass for anything else.
 */
static enum document_fault take_picture(struct span *rest)
{
    struct jpeg_image image;
    enum document_fault fault = document_jpeg_image(*rest, &image);
    if (fault != DOCUMENT_GOOD)
        return DOCUMENT_TRAILING_BYTES;
    if (document_is_active((struct span){.bytes = rest->bytes, .length = image.length}))
        return DOCUMENT_POLYGLOT;
    *rest = rest_from(*rest, image.length);
    return DOCUMENT_GOOD;
}

enum document_fault document_judge_jpeg_trailer(struct span rest, bool has_index)
{
    enum document_fault fault = DOCUMENT_GOOD;
    while (fault == DOCUMENT_GOOD && rest.length > 0) {
        if (rest.bytes[0] == 0 && !are_notes(rest))
            rest = rest_from(rest, 1);
        else if (has_index && rest.length > 3 && memcmp(rest.bytes, "\xff\xd8\xff", 3) == 0)
            fault = take_picture(&rest);
        else if (!are_notes(rest))
            fault = DOCUMENT_TRAILING_BYTES;
        else
            return document_is_active(rest) ? DOCUMENT_POLYGLOT : DOCUMENT_GOOD;
    }
    return fault;
}
