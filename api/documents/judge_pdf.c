/* PDF (ISO 32000): a version at the head; at the tail the end mark, behind where the cross-references are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"

#define END_MARK "%%EOF"
#define REFERENCES "startxref"
#define VERSION_AT 5
#define OFFSET_DIGITS 10

static bool is_blank(char c)
{
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct span without_blanks_after(struct span bytes)
{
    while (bytes.length > 0 && is_blank(bytes.bytes[bytes.length - 1]))
        bytes.length--;
    return bytes;
}

static bool take_end(struct span *bytes, struct span wanted)
{
    if (bytes->length < wanted.length ||
        memcmp(bytes->bytes + bytes->length - wanted.length, wanted.bytes, wanted.length) != 0)
        return false;
    bytes->length -= wanted.length;
    return true;
}

/* Takes a decimal number off the end, with the blanks around it. */
static bool take_number(struct span *bytes, size_t *number)
{
    size_t unit = 1;
    size_t digits = 0;
    *number = 0;
    *bytes = without_blanks_after(*bytes);
    for (; bytes->length > 0 && is_digit(bytes->bytes[bytes->length - 1]); bytes->length--, unit *= 10) {
        if (++digits > OFFSET_DIGITS)
            return false;
        *number += unit * (size_t)(bytes->bytes[bytes->length - 1] - '0');
    }
    *bytes = without_blanks_after(*bytes);
    return digits > 0;
}

/* A table of them, or an object that holds them. */
static bool are_references_at(struct span bytes, size_t at)
{
    while (at < bytes.length && is_blank(bytes.bytes[at]))
        at++;
    return at < bytes.length &&
           (is_digit(bytes.bytes[at]) || (bytes.length - at > 4 && memcmp(bytes.bytes + at, "xref", 4) == 0));
}

enum document_fault document_judge_pdf(struct span bytes)
{
    struct span rest = without_blanks_after(bytes);
    size_t references_at = 0;
    if (!take_end(&rest, SPAN(END_MARK)))
        return memmem(bytes.bytes, bytes.length, END_MARK, strlen(END_MARK)) == NULL ? DOCUMENT_TRUNCATED
                                                                                     : DOCUMENT_TRAILING_BYTES;
    if (bytes.length < VERSION_AT + 3 || !is_digit(bytes.bytes[VERSION_AT]) || bytes.bytes[VERSION_AT + 1] != '.' ||
        !is_digit(bytes.bytes[VERSION_AT + 2]))
        return DOCUMENT_DAMAGED;
    if (!take_number(&rest, &references_at) || !take_end(&rest, SPAN(REFERENCES)))
        return DOCUMENT_DAMAGED;
    return are_references_at(rest, references_at) ? DOCUMENT_GOOD : DOCUMENT_DAMAGED;
}
