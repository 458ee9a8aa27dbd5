/* Whether bytes are the document that they are said to be: by its structure, without ever rendering any of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"
#include "server/span.h"

enum document_fault {
    DOCUMENT_GOOD,
    DOCUMENT_OF_ANOTHER_TYPE, /* it does not even begin like one */
    DOCUMENT_TRUNCATED,
    DOCUMENT_DAMAGED,
    DOCUMENT_TRAILING_BYTES,
    DOCUMENT_TOO_MANY_PIXELS,
    DOCUMENT_POLYGLOT, /* another program would take it for something else */
};

/* `media`: MEDIA_PDF, MEDIA_JPEG or MEDIA_PNG. Reads nothing but `bytes`, each of them a few times at most. */
enum document_fault document_judge(struct span bytes, enum media media);
/* The code of a fault in a refusal; NULL for those that have another answer. */
const char *document_fault_code(enum document_fault fault);

/*
 * Whether bytes that a document has appended could be taken for something that a program runs or unpacks: markup, a PDF
 * or an archive, in their first 64 KiB.
 */
bool document_is_active(struct span bytes);

/* What document_judge asks about the structure, for each type. The magic bytes at the head have been seen. */
enum document_fault document_judge_pdf(struct span bytes);
enum document_fault document_judge_jpeg(struct span bytes);
enum document_fault document_judge_png(struct span bytes);

static inline uint32_t document_be16(const char *at)
{
    return (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}
static inline uint32_t document_be32(const char *at)
{
    return document_be16(at) << 16 | document_be16(at + 2);
}
