/* server/csv_reader.c: what RFC 4180 allows, and what nobody should send. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness.h"

#include "server/csv_reader.h"
#include <stdlib.h>
#include <string.h>

static struct csv_record record;

static void open_text(struct csv_reader *reader, struct span content)
{
    csv_init(reader, content, true);
}

static void expect_fields(struct csv_reader *reader, uint32_t line, const char *const *fields, uint32_t count)
{
    assert_true(csv_next(reader, &record));
    assert_int_equal(record.status, CSV_OK);
    assert_int_equal(record.line, line);
    assert_int_equal(record.fields_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_span_equal(record.fields[i], fields[i]);
    }
}

#define EXPECT(reader, line, ...)                                                                                      \
    expect_fields(reader, line, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))

static void expect_fault(struct csv_reader *reader, uint32_t line, enum csv_status status)
{
    assert_true(csv_next(reader, &record));
    assert_int_equal(record.status, status);
    assert_int_equal(record.line, line);
}

static void test_plain(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("a,b,c\n1,,3\r\n,\nlast"));
    EXPECT(&reader, 1, "a", "b", "c");
    EXPECT(&reader, 2, "1", "", "3");
    EXPECT(&reader, 3, "", "");
    EXPECT(&reader, 4, "last");
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
}

static void test_quotes(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("\"a,b\",\"say \"\"x\"\"\" , \"two\nlines\"\n\"\",\"\"\"\"\nplain \"quote\" inside,2\n"));
    EXPECT(&reader, 1, "a,b", "say \"x\"", "two\nlines");
    EXPECT(&reader, 3, "", "\"");
    EXPECT(&reader, 4, "plain \"quote\" inside", "2");
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
}

static void test_trimmed(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN(" a\t,\xE3\x80\x80二\xE3\x80\x80 ,\"  c \"\n"));
    EXPECT(&reader, 1, "a", "二", "c");
    csv_fini(&reader);
}

static void test_empty_lines_are_no_records(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("\n\r\n  \na\n\n\nb\n\n"));
    EXPECT(&reader, 4, "a");
    EXPECT(&reader, 7, "b");
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
    open_text(&reader, (struct span){0});
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
}

/* After a fault the next line is read as if nothing had been. */
static void test_unterminated_quote(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("\"open,1\nok,2\n"));
    expect_fault(&reader, 1, CSV_UNTERMINATED_QUOTE);
    EXPECT(&reader, 2, "ok", "2");
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
}

static void test_text_after_quote(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("\"x\"y,3\nok\n\"x\"\r,\n"));
    expect_fault(&reader, 1, CSV_TEXT_AFTER_QUOTE);
    EXPECT(&reader, 2, "ok");
    expect_fault(&reader, 3, CSV_TEXT_AFTER_QUOTE);
    csv_fini(&reader);
}

static void test_bytes_that_are_no_text(void **state)
{
    struct csv_reader reader;
    open_text(&reader, SPAN("a\0b,5\nok\nbad\xff,7\n\xED\xA0\x80\n\xC0\x80\n\xEF\xBF\xBD\n好\n"));
    expect_fault(&reader, 1, CSV_NUL_BYTE);
    EXPECT(&reader, 2, "ok");
    for (uint32_t line = 3; line <= 6; line++) {
        expect_fault(&reader, line, CSV_BAD_ENCODING);
    }
    EXPECT(&reader, 7, "好");
    csv_fini(&reader);
}

static void test_a_quote_that_never_ends_costs_one_line(void **state)
{
    size_t length = 3 * CSV_RECORD_BYTES_MAX;
    char *content = malloc(length);
    memset(content, 'x', length);
    memcpy(content, "\"\nok\n", 5);
    content[length - 1] = '"';
    struct csv_reader reader;
    open_text(&reader, (struct span){.bytes = content, .length = length});
    expect_fault(&reader, 1, CSV_UNTERMINATED_QUOTE);
    EXPECT(&reader, 2, "ok");
    expect_fault(&reader, 3, CSV_RECORD_TOO_LONG);
    assert_false(csv_next(&reader, &record));
    csv_fini(&reader);
    free(content);
}

static void test_a_line_of_a_megabyte(void **state)
{
    size_t length = 1 << 20;
    char *content = malloc(length + 3);
    memset(content, 'x', length);
    memcpy(content + length, "\nok", 3);
    struct csv_reader reader;
    open_text(&reader, (struct span){.bytes = content, .length = length + 3});
    expect_fault(&reader, 1, CSV_RECORD_TOO_LONG);
    EXPECT(&reader, 2, "ok");
    csv_fini(&reader);
    memset(content, ',', length);
    open_text(&reader, (struct span){.bytes = content, .length = length + 3});
    expect_fault(&reader, 1, CSV_TOO_MANY_FIELDS);
    EXPECT(&reader, 2, "ok");
    csv_fini(&reader);
    free(content);
}

/* Quoted fields of one record share one buffer: earlier ones must not move. */
static void test_many_long_quoted_fields(void **state)
{
    static char content[40 * 1500 + 2];
    size_t at = 0;
    for (int i = 0; i < 40; i++) {
        content[at++] = '"';
        memset(content + at, 'a' + i % 26, 1400);
        memcpy(content + at + 700, "\"\"", 2);
        at += 1400;
        content[at++] = '"';
        content[at++] = i < 39 ? ',' : '\n';
    }
    struct csv_reader reader;
    open_text(&reader, (struct span){.bytes = content, .length = at});
    assert_true(csv_next(&reader, &record));
    assert_int_equal(record.status, CSV_OK);
    assert_int_equal(record.fields_count, 40);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(record.fields[i].length, 1399);
        assert_int_equal(record.fields[i].bytes[0], 'a' + (int)i % 26);
        assert_int_equal(record.fields[i].bytes[700], '"');
    }
    csv_fini(&reader);
}

/* No sequence of these bytes may be read twice, skipped, or beyond its end. */
static void test_all_short_texts(void **state)
{
    static const char alphabet[] = {'"', ',', '\n', '\r', 'a', ' ', '\0', '\xff'};
    for (unsigned seed = 0; seed < 8u * 8 * 8 * 8 * 8 * 8; seed++) {
        char *content = malloc(6); /* its own block, so that a sanitizer sees every step too far */
        unsigned rest = seed;
        for (int i = 0; i < 6; i++, rest /= 8) {
            content[i] = alphabet[rest % 8];
        }
        struct csv_reader reader;
        open_text(&reader, (struct span){.bytes = content, .length = 6});
        uint32_t last_line = 0;
        int records = 0;
        while (csv_next(&reader, &record)) {
            assert_true(record.line > last_line);
            last_line = record.line;
            records++;
        }
        assert_true(records <= 6);
        assert_ptr_equal(reader.cursor, reader.end);
        csv_fini(&reader);
        free(content);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_trimmed),
        cmocka_unit_test(test_empty_lines_are_no_records),
        cmocka_unit_test(test_unterminated_quote),
        cmocka_unit_test(test_text_after_quote),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_a_quote_that_never_ends_costs_one_line),
        cmocka_unit_test(test_a_line_of_a_megabyte),
        cmocka_unit_test(test_many_long_quoted_fields),
        cmocka_unit_test(test_all_short_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
