/* server/text.c: growth up to the maximum, and failure that sticks. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "server/text.h"
#include "tests/unit/failing_memory.h"
#include "tests/unit/harness.h"

static void test_appending(void **state)
{
    struct text text;
    text_init(&text, 1000);
    assert_int_equal(text_span(&text).length, 0);
    text_append(&text, NULL, 0);
    text_append_span(&text, (struct span){0});
    text_append_z(&text, "账户");
    text_append_char(&text, ':');
    text_append_span(&text, SPAN("x\0y"));
    text_printf(&text, "%s=%d", "n", 7);
    assert_false(text.failed);
    assert_int_equal(text.length, 6 + 1 + 3 + 3);
    assert_memory_equal(text.bytes, "账户:x\0yn=7", text.length);
    text_fini(&text);
    assert_null(text.bytes);
}

static void test_integers(void **state)
{
    static const struct {
        int64_t value;
        const char *form;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-1, "-1"},
        {1234567890, "1234567890"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    struct text text;
    text_init(&text, 20);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        text_clear(&text);
        text_append_int(&text, cases[i].value);
        assert_span_equal(text_span(&text), cases[i].form);
    }
    text_fini(&text);
}

static void test_maximum_is_exact(void **state)
{
    struct text text;
    text_init(&text, 5);
    text_append_z(&text, "12345");
    assert_false(text.failed);
    text_append_char(&text, '6');
    assert_true(text.failed);
    text_clear(&text);
    assert_false(text.failed);
    text_printf(&text, "%d", 12345);
    assert_false(text.failed);
    assert_span_equal(text_span(&text), "12345");
    text_printf(&text, "%s", "");
    assert_false(text.failed);
    text_printf(&text, "%s", "6");
    assert_true(text.failed);
    text_fini(&text);
}

static void test_failure_sticks(void **state)
{
    struct text text;
    text_init(&text, 4);
    text_append_z(&text, "ab");
    text_append_z(&text, "cde");
    text_append_z(&text, "c");
    assert_true(text.failed);
    assert_span_equal(text_span(&text), "ab");
    text_fini(&text);
}

static void test_growth_keeps_what_was_written(void **state)
{
    struct text text;
    text_init(&text, 1 << 20);
    for (int i = 0; i < 100000; i++)
        text_append_char(&text, (char)('a' + i % 26));
    assert_false(text.failed);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(text.bytes[i], 'a' + i % 26);
    text_fini(&text);
}

static void test_absurd_reserve(void **state)
{
    struct text text;
    text_init(&text, 100);
    text_append_char(&text, 'x');
    text_reserve(&text, SIZE_MAX);
    assert_true(text.failed);
    text_fini(&text);
}

static void test_no_memory(void **state)
{
    struct text text;
    text_init(&text, 10000);
    text_append_z(&text, "kept");
    allocations_left = 0;
    for (int i = 0; i < 1000; i++)
        text_append_z(&text, "more");
    allocations_left = -1;
    assert_true(text.failed);
    assert_memory_equal(text.bytes, "keptmore", 8);
    text_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_maximum_is_exact),
        cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_growth_keeps_what_was_written),
        cmocka_unit_test(test_absurd_reserve),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
