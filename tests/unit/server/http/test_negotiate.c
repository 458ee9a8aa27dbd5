/* server/http/negotiate.c: Accept, Accept-Language and Content-Type, kind and hostile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/negotiate.h"
#include "tests/unit/harness.h"
#include <stdlib.h>

static int media_of(const char *accept, uint32_t offered)
{
    enum media media;
    return negotiate_media(span_of(accept), offered, &media) ? (int)media : 0;
}

static void test_media(void **state)
{
    static const struct {
        const char *accept;
        int expected;
    } cases[] = {
        {NULL, MEDIA_JSON},
        {"", MEDIA_JSON},
        {"  ", MEDIA_JSON},
        {"*/*", MEDIA_JSON},
        {"application/*", MEDIA_JSON},
        {"text/*", MEDIA_CSV},
        {"text/csv", MEDIA_CSV},
        {"TEXT/CSV", MEDIA_CSV},
        {"text/csv;charset=utf-8", MEDIA_CSV},
        {"application/json;q=0.5, text/csv", MEDIA_CSV},
        {"application/json;q=0.5, text/csv;q=0.4", MEDIA_JSON},
        {"text/csv, application/json", MEDIA_JSON},
        {"*/*, application/json;q=0", MEDIA_CSV},
        {"*/*;q=0.1, text/csv;q=0.2", MEDIA_CSV},
        {"text/*;q=0.9, text/csv;q=0, */*;q=0.1", MEDIA_JSON},
        {"text/html, application/xhtml+xml, */*;q=0.8", MEDIA_JSON},
        {"text/html", 0},
        {"application/json;q=0", 0},
        {"application/json;q=0.000", 0},
        {"application/problem+json", 0},
        {"application/json;q=2", 0},
        {"application/json;q=1.001", 0},
        {"application/json;q=", 0},
        {"application/json;q=0.1234", 0},
        {"application/json;q=-1", 0},
        {"application/json;q=x, text/csv", MEDIA_CSV},
        {"application/json ; Q=0.7 , text/csv;q=0.8", MEDIA_CSV},
        {"application/json;a=\"x,y;q=0\";q=1", MEDIA_JSON},
        {"application/json;a=\"x\\\",text/csv", MEDIA_JSON},
        {",,;q=1, ,text/csv,,", MEDIA_CSV},
        {";", 0},
        {"*", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(media_of(cases[i].accept, MEDIA_JSON | MEDIA_CSV), cases[i].expected);
}

static void test_media_is_one_of_those_offered(void **state)
{
    assert_int_equal(media_of("text/csv, */*;q=0.1", MEDIA_JSON), MEDIA_JSON);
    assert_int_equal(media_of("text/csv", MEDIA_JSON), 0);
    assert_int_equal(media_of("text/plain", MEDIA_TEXT), MEDIA_TEXT);
    assert_int_equal(media_of("*/*", 0), 0);
}

static void test_language(void **state)
{
    static const struct {
        const char *accept_language;
        enum language expected;
    } cases[] = {
        {NULL, LANGUAGE_ZH},
        {"*", LANGUAGE_ZH},
        {"zh-CN", LANGUAGE_ZH},
        {"fr", LANGUAGE_ZH},
        {"en", LANGUAGE_EN},
        {"EN-us", LANGUAGE_EN},
        {"en-US,en;q=0.9", LANGUAGE_EN},
        {"en-US,en;q=0.9,zh-CN;q=0.8,zh;q=0.7", LANGUAGE_EN},
        {"zh-CN,zh;q=0.9,en;q=0.8", LANGUAGE_ZH},
        {"zh;q=0.5, en;q=0.6", LANGUAGE_EN},
        {"en, zh", LANGUAGE_EN},
        {"zh, en", LANGUAGE_ZH},
        {"fr, en;q=0.5, *;q=0.1", LANGUAGE_EN},
        {"en;q=0", LANGUAGE_ZH},
        {"zh;q=0, *", LANGUAGE_EN},
        {"english", LANGUAGE_ZH},
        {"en;q=9", LANGUAGE_ZH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(negotiate_language(span_of(cases[i].accept_language)), cases[i].expected);
}

static void test_body_is_json(void **state)
{
    static const char *const right[] = {"application/json", "Application/JSON", "application/json; charset=utf-8",
                                        "application/json;charset=\"UTF-8\"", "application/json ; v=1"};
    static const char *const wrong[] = {"",
                                        "text/json",
                                        "application/jsonx",
                                        "application/json; charset=gbk",
                                        "application/json;charset=",
                                        "application/merge-patch+json",
                                        "application/json, text/plain",
                                        ";application/json"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        assert_true(negotiate_body_is_json(span_of(right[i])));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(negotiate_body_is_json(span_of(wrong[i])));
}

static void test_a_streamed_body_is_one_of_those_offered(void **state)
{
    static const struct {
        const char *type;
        enum media expected; /* 0: none */
    } cases[] = {
        {"application/pdf", MEDIA_PDF},
        {"Image/JPEG", MEDIA_JPEG},
        {"image/png; a=b", MEDIA_PNG},
        {"text/csv", 0},
        {"application/json", 0},
        {"image/*", 0},
        {"*/*", 0},
        {"", 0},
        {"image/pngx", 0},
        {"application/pdf,image/png", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum media media = 0;
        bool is_offered = negotiate_body(span_of(cases[i].type), MEDIA_PDF | MEDIA_JPEG | MEDIA_PNG, &media);
        assert_int_equal(is_offered, cases[i].expected != 0);
        assert_int_equal(media, cases[i].expected);
    }
}

static void ask_all(const char *bytes, size_t length)
{
    struct span text = {.bytes = bytes, .length = length};
    enum media media;
    negotiate_media(text, MEDIA_JSON | MEDIA_CSV, &media);
    negotiate_language(text);
    negotiate_body_is_json(text);
    negotiate_body(text, MEDIA_CSV | MEDIA_PDF, &media);
}

static void test_every_truncation_and_mutation(void **state)
{
    static const char header[] = "application/json;a=\"x\\\"\";q=0.5, text/*;q=1.000,*/*";
    for (size_t length = 1; length < sizeof header; length++) {
        char *cut = malloc(length);
        assert_non_null(cut);
        memcpy(cut, header, length);
        ask_all(cut, length);
        for (size_t i = 0; i < length; i++)
            for (int byte = 0; byte < 256; byte++) {
                char before = cut[i];
                cut[i] = (char)byte;
                ask_all(cut, length);
                cut[i] = before;
            }
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_media),
        cmocka_unit_test(test_media_is_one_of_those_offered),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_body_is_json),
        cmocka_unit_test(test_a_streamed_body_is_one_of_those_offered),
        cmocka_unit_test(test_every_truncation_and_mutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
