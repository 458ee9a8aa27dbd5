/* server/json_writer.c: commas, nesting and escapes, read back by Jansson. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/json_writer.h"
#include "tests/unit/harness.h"
#include <jansson.h>

static void test_nesting_and_commas(void **state)
{
    struct text out;
    struct json_writer writer;
    text_init(&out, 1000);
    json_writer_init(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "empty");
    json_object_open(&writer);
    json_object_close(&writer);
    json_key(&writer, "list");
    json_array_open(&writer);
    json_int(&writer, 1);
    json_array_open(&writer);
    json_array_close(&writer);
    json_object_open(&writer);
    json_key(&writer, "a");
    json_null_value(&writer);
    json_object_close(&writer);
    json_bool(&writer, true);
    json_bool(&writer, false);
    json_array_close(&writer);
    json_key(&writer, "last");
    json_text(&writer, SPAN("z"));
    json_object_close(&writer);
    assert_int_equal(writer.depth, 0);
    assert_span_equal(text_span(&out), "{\"empty\":{},\"list\":[1,[],{\"a\":null},true,false],\"last\":\"z\"}");
    text_fini(&out);
}

static void write_text(struct text *out, struct span value)
{
    struct json_writer writer;
    text_clear(out);
    json_writer_init(&writer, out);
    json_text(&writer, value);
}

static void test_escapes(void **state)
{
    static const struct {
        struct span value;
        const char *form;
    } cases[] = {
        {{"", 0}, "\"\""},
        {{NULL, 0}, "\"\""},
        {{"plain", 5}, "\"plain\""},
        {{"\"\\/", 3}, "\"\\\"\\\\/\""},
        {{"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\""},
        {{"a\0b\x01\x1f\x7f", 6}, "\"a\\u0000b\\u0001\\u001f\x7f\""},
        {{"余额 ¥😀", 13}, "\"余额 ¥😀\""},
        {{"\"", 1}, "\"\\\"\""},
    };
    struct text out;
    text_init(&out, 1000);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_text(&out, cases[i].value);
        assert_span_equal(text_span(&out), cases[i].form);
    }
    text_fini(&out);
}

static void test_every_byte_reads_back(void **state)
{
    struct text out;
    text_init(&out, 10000);
    char value[128];
    for (int i = 0; i < 128; i++)
        value[i] = (char)i;
    write_text(&out, (struct span){.bytes = value, .length = sizeof(value)});
    json_t *read = json_loadb(out.bytes, out.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(read);
    assert_int_equal(json_string_length(read), sizeof(value));
    assert_memory_equal(json_string_value(read), value, sizeof(value));
    json_decref(read);
    text_fini(&out);
}

static void test_typed_values(void **state)
{
    struct text out;
    struct json_writer writer;
    struct uuid id;
    assert_true(uuid_parse(SPAN("01890A5D-AC96-774B-BCCE-B302099A8057"), &id));
    text_init(&out, 1000);
    json_writer_init(&writer, &out);
    json_array_open(&writer);
    json_int(&writer, INT64_MIN);
    json_uuid(&writer, id);
    json_instant(&writer, 0);
    json_date(&writer, date_from_civil(2024, 2, 29));
    json_array_close(&writer);
    assert_span_equal(text_span(&out), "[-9223372036854775808,\"01890a5d-ac96-774b-bcce-b302099a8057\","
                                       "\"1970-01-01T08:00:00.000000+08:00\",\"2024-02-29\"]");
    text_fini(&out);
}

static void test_json_in_json(void **state)
{
    struct text out;
    struct json_writer writer;
    text_init(&out, 100);
    json_writer_init(&writer, &out);
    json_array_open(&writer);
    json_raw(&writer, SPAN("{\"a\": [1, null]}"));
    json_raw(&writer, SPAN("{}"));
    json_array_close(&writer);
    assert_span_equal(text_span(&out), "[{\"a\": [1, null]},{}]");
    text_fini(&out);
}

static void test_overflow_only_sets_failed(void **state)
{
    struct text out;
    struct json_writer writer;
    text_init(&out, 10);
    json_writer_init(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "key_longer_than_the_buffer");
    json_text(&writer, SPAN("value"));
    json_object_close(&writer);
    assert_true(out.failed);
    text_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting_and_commas),        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_every_byte_reads_back),     cmocka_unit_test(test_typed_values),
        cmocka_unit_test(test_overflow_only_sets_failed), cmocka_unit_test(test_json_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
