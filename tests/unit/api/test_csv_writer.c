/* CSV cells: quoting, and text that a spreadsheet would run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv_writer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void check(const char *cell, const char *expected)
{
    struct text out;
    struct csv_writer csv;
    text_init(&out, 1024);
    csv_writer_init(&csv, &out);
    csv_writer_text(&csv, span_of(cell));
    assert_true(span_equal(text_span(&out), span_of(expected)));
    text_fini(&out);
}

static void quotes_where_needed(void **state)
{
    (void)state;
    check("plain", "plain");
    check("", "");
    check("a,b", "\"a,b\"");
    check("say \"hi\"", "\"say \"\"hi\"\"\"");
    check("two\r\nlines", "\"two\r\nlines\"");
    check("天水市", "天水市");
}

static void disarms_formulas(void **state)
{
    (void)state;
    check("=1+1", "'=1+1");
    check("+86", "'+86");
    check("-1", "'-1");
    check("@SUM(A1)", "'@SUM(A1)");
    check("\t=1", "'\t=1");
    check("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
    check("\n=1", "\"'\n=1\"");
    check("＝1+1", "'＝1+1");
    check("＋86", "'＋86");
    check("－1", "'－1");
    check("＠SUM(A1)", "'＠SUM(A1)");
    check("a=b", "a=b");
    check("\xef\xbc", "\xef\xbc");
}

static void writes_lines(void **state)
{
    (void)state;
    struct text out;
    struct csv_writer csv;
    text_init(&out, 1024);
    csv_writer_init(&csv, &out);
    csv_writer_text(&csv, SPAN("a"));
    csv_writer_int(&csv, -5);
    csv_writer_empty(&csv);
    csv_writer_end(&csv);
    csv_writer_empty(&csv);
    csv_writer_int(&csv, INT64_MIN);
    csv_writer_end(&csv);
    assert_true(span_equal(text_span(&out), SPAN("a,-5,\r\n,-9223372036854775808\r\n")));
    text_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_where_needed),
        cmocka_unit_test(disarms_formulas),
        cmocka_unit_test(writes_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
