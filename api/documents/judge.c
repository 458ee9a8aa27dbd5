/* Judges a document's head, its structure, and whether it could be taken for something else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"
#include <strings.h>

/* Browsers guess from the first 1445 bytes; readers of PDF look for its head in the first 1024. */
#define SNIFFED_BYTES 1500
/* The end of a ZIP archive is looked for in the longest comment that may follow it: 22 + 65535. */
#define ZIP_TAIL_BYTES 65557
#define RAR_HEAD_BYTES (1 << 20)
/* All of a telephone's notes; of a further picture more than anything would guess from. */
#define APPENDED_BYTES 65536

static const struct {
    enum media media;
    struct span magic;
    enum document_fault (*judge)(struct span bytes);
} types[] = {
    {MEDIA_PDF, SPAN("%PDF-"), document_judge_pdf},
    {MEDIA_JPEG, SPAN("\xff\xd8\xff"), document_judge_jpeg},
    {MEDIA_PNG, SPAN("\x89PNG\r\n\x1a\n"), document_judge_png},
};

static struct span head_of(struct span bytes, size_t length)
{
    return (struct span){.bytes = bytes.bytes, .length = bytes.length < length ? bytes.length : length};
}

static bool holds(struct span bytes, struct span wanted)
{
    return memmem(bytes.bytes, bytes.length, wanted.bytes, wanted.length) != NULL;
}

static bool stands_at(struct span bytes, size_t at, struct span wanted)
{
    return bytes.length >= at + wanted.length && memcmp(bytes.bytes + at, wanted.bytes, wanted.length) == 0;
}

static bool holds_markup(struct span head)
{
    static const char *const tags[] = {"<!doctype", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<?php"};
    for (size_t at = 0; at < head.length; at++)
        for (size_t i = 0; head.bytes[at] == '<' && i < sizeof tags / sizeof tags[0]; i++)
            if (head.length - at >= strlen(tags[i]) && strncasecmp(head.bytes + at, tags[i], strlen(tags[i])) == 0)
                return true;
    return false;
}

bool document_is_active(struct span bytes)
{
    static const struct span archives[] = {SPAN("PK\x03\x04"), SPAN("PK\x05\x06"), SPAN("Rar!\x1a\x07"),
                                           SPAN("7z\xbc\xaf\x27\x1c")};
    struct span head = head_of(bytes, APPENDED_BYTES);
    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++)
        if (holds(head, archives[i]))
            return true;
    return holds_markup(head) || holds(head, SPAN("%PDF-"));
}

static bool is_polyglot(struct span bytes, enum media media)
{
    size_t tail_bytes = bytes.length < ZIP_TAIL_BYTES ? bytes.length : ZIP_TAIL_BYTES;
    struct span tail = {.bytes = bytes.bytes + bytes.length - tail_bytes, .length = tail_bytes};
    struct span head = head_of(bytes, SNIFFED_BYTES);
    return holds(tail, SPAN("PK\x05\x06")) || holds(head_of(bytes, RAR_HEAD_BYTES), SPAN("Rar!\x1a\x07")) ||
           stands_at(bytes, 257, SPAN("ustar")) || stands_at(bytes, 32769, SPAN("CD001")) || holds_markup(head) ||
           (media != MEDIA_PDF && holds(head, SPAN("%PDF-")));
}

enum document_fault document_judge(struct span bytes, enum media media)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct span magic = types[i].magic;
        if (types[i].media != media)
            continue;
        size_t seen = bytes.length < magic.length ? bytes.length : magic.length;
        if (memcmp(bytes.bytes, magic.bytes, seen) != 0)
            return DOCUMENT_OF_ANOTHER_TYPE;
        if (seen < magic.length)
            return DOCUMENT_TRUNCATED;
        enum document_fault fault = types[i].judge(bytes);
        return fault == DOCUMENT_GOOD && is_polyglot(bytes, media) ? DOCUMENT_POLYGLOT : fault;
    }
    return DOCUMENT_OF_ANOTHER_TYPE;
}

const char *document_fault_code(enum document_fault fault)
{
    switch (fault) {
    case DOCUMENT_GOOD:
    case DOCUMENT_OF_ANOTHER_TYPE:
        return NULL;
    case DOCUMENT_TRUNCATED:
        return "truncated";
    case DOCUMENT_DAMAGED:
        return "damaged";
    case DOCUMENT_TRAILING_BYTES:
        return "trailing_bytes";
    case DOCUMENT_TOO_MANY_PIXELS:
        return "too_many_pixels";
    case DOCUMENT_POLYGLOT:
        return "polyglot";
    }
    __builtin_unreachable();
}
