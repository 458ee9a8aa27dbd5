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

/* A PDF may have blanks after its end, and a JPEG zeros: one of them less makes no difference. */
static bool ends_in_filling(struct span bytes, enum media media)
{
    char last = bytes.bytes[bytes.length - 1];
    bool is_blank = last == '\t' || last == '\n' || last == '\f' || last == '\r' || last == ' ';
    return (last == '\0' && media != MEDIA_PNG) || (is_blank && media == MEDIA_PDF);
}

static void check_good(struct span bytes, enum media media)
{
    struct span cut = {.bytes = bytes.bytes, .length = bytes.length - 1};
    if (!ends_in_filling(bytes, media))
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
