/* Scans: what is good as one type is good as no other, nor when it is cut short or goes on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>

static const enum media types[] = {MEDIA_PDF, MEDIA_JPEG, MEDIA_PNG};

static void check_code(enum document_fault fault)
{
    bool has_code = fault != DOCUMENT_GOOD && fault != DOCUMENT_OF_ANOTHER_TYPE;
    assert((document_fault_code(fault) != NULL) == has_code);
}

/* In front of the byte that is cut, a PDF may have blanks after its end. */
static bool is_blank(char c)
{
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static void check_good(struct span bytes, enum media media)
{
    struct span cut = {.bytes = bytes.bytes, .length = bytes.length - 1};
    if (media != MEDIA_PDF || !is_blank(bytes.bytes[bytes.length - 1]))
        assert(document_judge(cut, media) != DOCUMENT_GOOD);
    char *longer = malloc(bytes.length + 1);
    assert(longer != NULL);
    memcpy(longer, bytes.bytes, bytes.length);
    longer[bytes.length] = 'x';
    assert(document_judge((struct span){.bytes = longer, .length = bytes.length + 1}, media) != DOCUMENT_GOOD);
    free(longer);
}

void fuzz_document(struct span input)
{
    unsigned good = 0;
    if (input.length == 0) /* an upload without a byte is refused before */
        return;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        enum document_fault fault = document_judge(input, types[i]);
        check_code(fault);
        if (fault != DOCUMENT_GOOD)
            continue;
        good++;
        check_good(input, types[i]);
    }
    assert(good <= 1);
}
