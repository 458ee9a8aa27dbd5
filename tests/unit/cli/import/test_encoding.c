/* Telling UTF-8 from GB18030, and turning one into the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness.h"

#include "cli/import/encoding.h"
#include "server/utf8.h"
#include <string.h>
#include <unistd.h>

static void expect(struct span content, enum encoding encoding, bool is_clean)
{
    bool found_clean;
    assert_int_equal(encoding_detect(content, &found_clean), encoding);
    assert_int_equal(found_clean, is_clean);
}

static void test_detect(void **state)
{
    expect(SPAN("a,b\n"), ENCODING_UTF8, true);
    expect(SPAN("姓名,𠮷\n"), ENCODING_UTF8, true);
    expect(SPAN("\xEF\xBB\xBF姓名\n"), ENCODING_UTF8, true);
    expect(SPAN("\xEF\xBB\xBF\xD0\xD5\xC3\xFB\n"), ENCODING_UTF8, false);         /* the mark decides */
    expect(SPAN("\xD0\xD5\xC3\xFB,\xC9\xED\xB7\xDD\n"), ENCODING_GB18030, false); /* 姓名,身份 */
    expect(SPAN("\x84\x31\x95\x33 a\n"), ENCODING_GB18030, false);
    expect(SPAN("姓名,身份\xff\n"), ENCODING_UTF8, false); /* damaged */
    expect(SPAN("a\0b"), ENCODING_UTF8, false);
    expect((struct span){0}, ENCODING_UTF8, true);
}

static void test_utf8(void **state)
{
    static const char *const good[] = {"", "a", "é", "中", "𠮷", "\x7F", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBC"};
    static const char *const bad[] = {
        "\x80",     "\xC1\x81",         "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80",
        "\xE4\xB8", "\xF0\x8F\xBF\xBF", "\xC3",         "\xEF\xBF\xBD", "abcdefgh\xff",     "\xE4\xB8\xADx\x80"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(utf8_is_clean(span_of(good[i])));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(utf8_is_clean(span_of(bad[i])));
    }
}

static void expect_converted(struct span content, const char *expected)
{
    char found[256] = "";
    int file = encoding_gb18030_to_file(content, content.length % 2 == 0); /* both */
    assert_true(file >= 0);
    ssize_t length = pread(file, found, sizeof(found) - 1, 0);
    close(file);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(found, expected);
}

static void test_convert(void **state)
{
    expect_converted(SPAN("\xD0\xD5\xC3\xFB\n"), "姓名\n");
    expect_converted(SPAN("\x95\x32\x82\x36"), "\xF0\xA0\x80\x80");
    expect_converted(SPAN("a\xff,b\n"), "a\xEF\xBF\xBD,b\n"); /* one bad byte costs one sign */
    expect_converted(SPAN("a\nb\xD0"), "a\nb\xEF\xBF\xBD");   /* cut off within a sign */
    expect_converted((struct span){0}, "");
}

static void test_mark(void **state)
{
    assert_span_equal(encoding_without_mark(SPAN("\xEF\xBB\xBFx")), "x");
    assert_span_equal(encoding_without_mark(SPAN("x")), "x");
    assert_span_equal(encoding_without_mark(SPAN("\xEF\xBB")), "\xEF\xBB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detect),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_convert),
        cmocka_unit_test(test_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
