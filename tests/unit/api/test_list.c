/* Lists: numbers in cursors, and joined text as arrays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void reads_numbers_of_cursors(void **state)
{
    (void)state;
    int64_t value = 7;
    assert_true(list_key_int(SPAN("0"), &value) && value == 0);
    assert_true(list_key_int(SPAN("9223372036854775807"), &value) && value == INT64_MAX);
    static const char *const malformed[] = {"", "-1", "+1", " 1", "1 ", "1x", "9223372036854775808"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        assert_false(list_key_int(span_of(malformed[i]), &value));
    }
}

static void check_split(const char *joined, const char *expected)
{
    struct text out;
    struct json_writer writer;
    text_init(&out, 1024);
    json_writer_init(&writer, &out);
    json_split_text(&writer, span_of(joined), ';');
    assert_true(span_equal(text_span(&out), span_of(expected)));
    text_fini(&out);
}

static void splits_joined_text(void **state)
{
    (void)state;
    check_split("", "[]");
    check_split("a", "[\"a\"]");
    check_split("查询余额;打印", "[\"查询余额\",\"打印\"]");
    check_split("a;;b", "[\"a\",\"\",\"b\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numbers_of_cursors),
        cmocka_unit_test(splits_joined_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
