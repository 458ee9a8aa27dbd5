/* The judge of documents: whole ones pass; cut at any byte, with anything added, or dressed up as something else, none
 * does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/judge.h"
#include "tests/unit/harness.h"
#include <stdio.h>
#include <stdlib.h>

#define SPAN_OF(array) ((struct span){.bytes = (const char *)(array), .length = sizeof(array)})
#define ROOM_BYTES 70000

static const unsigned char jpeg[] = {
    0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01,
    0x00, 0x00, 0xff, 0xfe, 0x00, 0x06, 0x73, 0x63, 0x61, 0x6e, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x01, 0x01, 0x01,
    0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
    0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
    0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
    0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0xff, 0xc4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xc4, 0x00, 0x14, 0x10, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xc0, 0x00,
    0x0b, 0x08, 0x00, 0x08, 0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00,
    0x3f, 0x00, 0x3f, 0xff, 0x00, 0x12, 0xff, 0xd0, 0x55, 0xff, 0xd9,
};

static const unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
    0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0x0f, 0x00, 0x01, 0x01, 0x01, 0x00,
    0xb1, 0x38, 0xf6, 0x14, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static const char pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                          "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                          "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
                          "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
                          "0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF";

struct sample {
    enum media media;
    struct span bytes;
};

static struct sample samples[] = {
    {MEDIA_PDF, {.bytes = pdf, .length = sizeof pdf - 1}},
    {MEDIA_JPEG, {.bytes = (const char *)jpeg, .length = sizeof jpeg}},
    {MEDIA_PNG, {.bytes = (const char *)png, .length = sizeof png}},
};
#define SAMPLES (sizeof samples / sizeof samples[0])

/* In memory of exactly that size, so that a sanitizer sees whoever reads past it. */
static enum document_fault judge(const char *bytes, size_t length, enum media media)
{
    char *exact = malloc(length == 0 ? 1 : length);
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    enum document_fault fault = document_judge((struct span){.bytes = exact, .length = length}, media);
    free(exact);
    return fault;
}

static enum document_fault judge_with(struct span before, struct span sample, struct span after, enum media media)
{
    static char room[ROOM_BYTES];
    assert_true(before.length + sample.length + after.length <= sizeof room);
    memcpy(room, before.bytes, before.length);
    memcpy(room + before.length, sample.bytes, sample.length);
    memcpy(room + before.length + sample.length, after.bytes, after.length);
    return judge(room, before.length + sample.length + after.length, media);
}

static void test_whole_ones_pass_as_what_they_are_only(void **state)
{
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < SAMPLES; k++)
            assert_int_equal(judge(samples[i].bytes.bytes, samples[i].bytes.length, samples[k].media),
                             i == k ? DOCUMENT_GOOD : DOCUMENT_OF_ANOTHER_TYPE);
    assert_int_equal(judge(pdf, sizeof pdf - 1, MEDIA_CSV), DOCUMENT_OF_ANOTHER_TYPE);
}

static void test_none_cut_at_any_byte_passes(void **state)
{
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t length = 0; length < samples[i].bytes.length; length++)
            assert_int_equal(judge(samples[i].bytes.bytes, length, samples[i].media), DOCUMENT_TRUNCATED);
}

static void test_none_without_its_first_bytes_passes(void **state)
{
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t from = 1; from < samples[i].bytes.length; from++)
            assert_int_not_equal(judge(samples[i].bytes.bytes + from, samples[i].bytes.length - from, samples[i].media),
                                 DOCUMENT_GOOD);
}

static void test_nothing_may_follow_the_end(void **state)
{
    static const char *const after[] = {"x", "PK\x05\x06", "<html>", "\xff", "\xff\xd8\xff\xd9"};
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < sizeof after / sizeof after[0]; k++)
            assert_int_equal(judge_with(SPAN(""), samples[i].bytes, span_of(after[k]), samples[i].media),
                             DOCUMENT_TRAILING_BYTES);
    assert_int_equal(judge_with(SPAN(""), samples[0].bytes, SPAN("\r\n"), MEDIA_PDF), DOCUMENT_GOOD);
    assert_int_equal(judge_with(SPAN(""), samples[1].bytes, SPAN("\0\0\0x"), MEDIA_JPEG), DOCUMENT_TRAILING_BYTES);
    assert_int_equal(judge_with(SPAN(""), samples[1].bytes, SPAN("\0\0\0"), MEDIA_JPEG), DOCUMENT_GOOD);
}

static void test_nothing_may_stand_in_front(void **state)
{
    static const char *const before[] = {"x", "\n", "GIF89a", "MZ", "<html>", "PK\x03\x04", "\xef\xbb\xbf"};
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < sizeof before / sizeof before[0]; k++)
            assert_int_equal(judge_with(span_of(before[k]), samples[i].bytes, SPAN(""), samples[i].media),
                             DOCUMENT_OF_ANOTHER_TYPE);
}

/* A comment behind the head of a PDF, as long as it has to be for its table to be found. */
static enum document_fault judge_pdf_with(struct span inside)
{
    static char room[ROOM_BYTES];
    int head = snprintf(room, sizeof room, "%%PDF-1.4\n");
    memcpy(room + head, inside.bytes, inside.length);
    size_t length = (size_t)head + inside.length;
    int tail = snprintf(room + length, sizeof room - length, "\nxref\n0 0\ntrailer<<>>\nstartxref\n%zu\n%%%%EOF\n",
                        length + 1);
    return judge(room, length + (size_t)tail, MEDIA_PDF);
}

static void test_what_is_something_else_too_is_refused(void **state)
{
    static char filling[60000];
    memset(filling, 'x', sizeof filling);
    assert_int_equal(judge_pdf_with(SPAN("1 0 obj<</Length 2>>endobj")), DOCUMENT_GOOD);
    assert_int_equal(judge_pdf_with(SPAN_OF(filling)), DOCUMENT_GOOD);
    assert_int_equal(judge_pdf_with(SPAN("<HTML><script>")), DOCUMENT_POLYGLOT);
    assert_int_equal(judge_pdf_with(SPAN("<!DocType html>")), DOCUMENT_POLYGLOT);
    assert_int_equal(judge_pdf_with(SPAN("<svg onload=x>")), DOCUMENT_POLYGLOT);
    assert_int_equal(judge_pdf_with(SPAN("<?php x")), DOCUMENT_POLYGLOT);
    assert_int_equal(judge_pdf_with(SPAN("PK\x05\x06 and a comment")), DOCUMENT_POLYGLOT);
    assert_int_equal(judge_pdf_with(SPAN("Rar!\x1a\x07\x01")), DOCUMENT_POLYGLOT);
    memcpy(filling + 257 - 9, "ustar", 5);
    assert_int_equal(judge_pdf_with(SPAN_OF(filling)), DOCUMENT_POLYGLOT);
    memset(filling, 'x', sizeof filling);
    memcpy(filling + 32769 - 9, "CD001", 5);
    assert_int_equal(judge_pdf_with(SPAN_OF(filling)), DOCUMENT_POLYGLOT);
}

static void test_pdfs_without_what_they_are_made_of(void **state)
{
    static const char *const damaged[] = {"%PDF-1.4\n%%EOF",
                                          "%PDF-1.4 startxref %%EOF",
                                          "%PDF-1.4 startxref 999999 %%EOF",
                                          "%PDF-1.4 startxref 99999999999999999999999 %%EOF",
                                          "%PDF-1.4 startxref 0 %%EOF",
                                          "%PDF-x.4 1 startxref 9 %%EOF",
                                          "%PDF-14 startxref 9 %%EOF",
                                          "%PDF-1.4 1 startref 9 %%EOF",
                                          "%PDF-%%EOF"};
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++)
        assert_int_equal(judge(damaged[i], strlen(damaged[i]), MEDIA_PDF), DOCUMENT_DAMAGED);
    assert_int_equal(judge("%PDF-1.4 1 startxref 9 %%EOF", 28, MEDIA_PDF), DOCUMENT_GOOD);
}

/* Each byte in turn becomes each of some values: nothing is read that is not there, and heads and tails are noticed. */
static void test_any_byte_may_be_another(void **state)
{
    static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xc0, 0xd8, 0xd9, 0xda, 0xff};
    static char room[ROOM_BYTES];
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t at = 0; at < samples[i].bytes.length; at++) {
            for (size_t v = 0; v < sizeof values; v++) {
                memcpy(room, samples[i].bytes.bytes, samples[i].bytes.length);
                bool is_same = (unsigned char)room[at] == values[v];
                room[at] = (char)values[v];
                enum document_fault fault = judge(room, samples[i].bytes.length, samples[i].media);
                /* Every byte of a PNG is under a check sum, or is one. */
                if (!is_same && (samples[i].media == MEDIA_PNG || at < 3))
                    assert_int_not_equal(fault, DOCUMENT_GOOD);
            }
        }
    }
}

static void test_pictures_of_too_many_pixels(void **state)
{
    static char room[ROOM_BYTES];
    size_t frame = 0;
    while (jpeg[frame] != 0xff || jpeg[frame + 1] != 0xc0)
        frame++;
    memcpy(room, jpeg, sizeof jpeg);
    memset(room + frame + 5, 0xff, 4);
    assert_int_equal(judge(room, sizeof jpeg, MEDIA_JPEG), DOCUMENT_TOO_MANY_PIXELS);
    memset(room + frame + 5, 0, 4);
    assert_int_equal(judge(room, sizeof jpeg, MEDIA_JPEG), DOCUMENT_DAMAGED);
}

static void test_noise_behind_a_head(void **state)
{
    static char room[4096];
    srandom(20261122);
    for (int turn = 0; turn < 3000; turn++) {
        const struct sample *sample = &samples[turn % (int)SAMPLES];
        size_t length = 8 + (size_t)random() % (sizeof room - 8);
        for (size_t i = 0; i < length; i++)
            room[i] = (char)(random() >> 7);
        memcpy(room, sample->bytes.bytes, 8);
        assert_int_not_equal(judge(room, length, sample->media), DOCUMENT_GOOD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_ones_pass_as_what_they_are_only),
        cmocka_unit_test(test_none_cut_at_any_byte_passes),
        cmocka_unit_test(test_none_without_its_first_bytes_passes),
        cmocka_unit_test(test_nothing_may_follow_the_end),
        cmocka_unit_test(test_nothing_may_stand_in_front),
        cmocka_unit_test(test_what_is_something_else_too_is_refused),
        cmocka_unit_test(test_pdfs_without_what_they_are_made_of),
        cmocka_unit_test(test_any_byte_may_be_another),
        cmocka_unit_test(test_pictures_of_too_many_pixels),
        cmocka_unit_test(test_noise_behind_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
