/* server/http/arguments_body.c: every type in a body, and everything that must be refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_arguments.h"

#include "server/clock.h"
#include <stdio.h>

static void test_body_of_every_type(void **state)
{
    struct request *request = small_open(OPERATION_CREATE_THING);
    const struct arg *args = request->args;
    assert_int_equal(read_body(request, whole_body), PROBLEM_NONE);
    assert_span_equal(args[CREATE_THING_IDEMPOTENCY_KEY].text, "key-12345");
    assert_span_equal(args[CREATE_THING_NAME].text, "医😀");
    assert_true(args[CREATE_THING_AMOUNT_FEN].number == INT64_MIN);
    assert_int_equal(args[CREATE_THING_URGENT].number, 1);
    assert_int_equal(args[CREATE_THING_STARTS_ON].number, date_from_civil(2024, 2, 29));
    assert_int_equal(args[CREATE_THING_MONTH].number, 2024 * 12 + 1);
    assert_int_equal(args[CREATE_THING_EXPIRES_AT].number, 1000000);
    assert_int_equal(args[CREATE_THING_COLOURS].texts.count, 2);
    assert_span_equal(args[CREATE_THING_COLOURS].texts.items[1], "blue");
    assert_true(args[CREATE_THING_REGIONS].present);
    assert_int_equal(args[CREATE_THING_REGIONS].texts.count, 0);
    small_close(request);
}

static void test_objects(void **state)
{
    struct request *request = small_open(OPERATION_CREATE_THING);
    const struct arg *parts = &request->args[CREATE_THING_PARTS];
    assert_int_equal(read_body(request,
                               "{" REQUIRED ", \"parts\": [{\"number\": \"a\", \"count\": 9, \"colour\": \"red\"}, "
                               "{\"count\": 1, \"number\": \"bc\"}]}"),
                     PROBLEM_NONE);
    assert_int_equal(parts->objects.count, 2);
    const struct arg *first = parts->objects.values, *second = first + CREATE_THING_PARTS_FIELDS;
    assert_span_equal(first[CREATE_THING_PARTS_NUMBER].text, "a");
    assert_int_equal(first[CREATE_THING_PARTS_COUNT].number, 9);
    assert_span_equal(first[CREATE_THING_PARTS_COLOUR].text, "red");
    assert_span_equal(second[CREATE_THING_PARTS_NUMBER].text, "bc");
    assert_int_equal(second[CREATE_THING_PARTS_COUNT].number, 1);
    assert_false(second[CREATE_THING_PARTS_COLOUR].present);
    small_close(request);
}

static void test_wrong_bodies(void **state)
{
    static const struct wrong cases[] = {
        {"{}", "/body/name required\n/body/amount_fen required\n"},
        {"{\"name\": \"\", \"amount_fen\": 1.0}", "/body/name too_short\n/body/amount_fen malformed\n"},
        {"{\"name\": \"abcde\", \"amount_fen\": 1e3}", "/body/name too_long\n/body/amount_fen malformed\n"},
        {"{\"name\": null, \"amount_fen\": \"1\"}", "/body/name malformed\n/body/amount_fen malformed\n"},
        {"{\"name\": \"a\\nb\", \"amount_fen\": true}", "/body/name malformed\n/body/amount_fen malformed\n"},
        {"{\"name\": \"a\", \"amount_fen\": 9223372036854775808}", "/body too_large\n/body/name required\n"
                                                                   "/body/amount_fen required\n"},
        {"{" REQUIRED ", \"x\": 1e400}", "/body too_large\n/body/name required\n/body/amount_fen required\n"},
        {"{" REQUIRED ", \"\": 1, \"a/b\": 1, \"name\\n\": 1}", "/body unknown\n/body/a~1b unknown\n/body unknown\n"},
        {"{" REQUIRED ", \"idempotency-key\": \"12345678\"}", "/body/idempotency-key unknown\n"},
        {"{" REQUIRED ", \"urgent\": 1}", "/body/urgent malformed\n"},
        {"{" REQUIRED ", \"owner_id\": \"x\"}", "/body/owner_id malformed\n"},
        {"{" REQUIRED ", \"starts_on\": 20240229}", "/body/starts_on malformed\n"},
        {"{" REQUIRED ", \"colours\": []}", "/body/colours too_short\n"},
        {"{" REQUIRED ", \"colours\": \"red\"}", "/body/colours malformed\n"},
        {"{" REQUIRED ", \"colours\": {\"0\": \"red\"}}", "/body/colours malformed\n"},
        {"{" REQUIRED ", \"colours\": [\"red\", \"red\"]}", "/body/colours/1 duplicate\n"},
        {"{" REQUIRED ", \"colours\": [\"pink\", 1, \"red\"]}",
         "/body/colours/0 not_allowed\n/body/colours/1 malformed\n"},
        {"{" REQUIRED ", \"colours\": [\"red\", \"red\", \"red\", \"red\"]}", "/body/colours too_long\n"},
        {"{" REQUIRED ", \"regions\": [\"62050\"]}", "/body/regions/0 malformed\n"},
        {"{" REQUIRED ", \"regions\": [[[]]]}", "/body/regions/0 malformed\n"},
        {"{" REQUIRED ", \"parts\": {}}", "/body/parts malformed\n"},
        {"{" REQUIRED ", \"parts\": []}", "/body/parts too_short\n"},
        {"{" REQUIRED ", \"parts\": [{}, 1, {}]}", "/body/parts too_long\n"},
        {"{" REQUIRED ", \"parts\": [1, {}]}",
         "/body/parts/0 malformed\n/body/parts/1/number required\n/body/parts/1/count required\n"},
        {"{" REQUIRED ", \"parts\": [{\"number\": \"\", \"count\": 10, \"colour\": \"blue\", \"a/b\": 1}]}",
         "/body/parts/0/number too_short\n/body/parts/0/count too_large\n/body/parts/0/colour not_allowed\n"
         "/body/parts/0 unknown\n"},
        {"{" REQUIRED ", \"parts\": [{\"number\": 1, \"count\": \"1\", \"colour\": []}]}",
         "/body/parts/0/number malformed\n/body/parts/0/count malformed\n/body/parts/0/colour malformed\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = small_open(OPERATION_CREATE_THING);
        assert_int_equal(read_body(request, cases[i].sent), PROBLEM_VALIDATION_FAILED);
        assert_string_equal(small_faults(request), cases[i].faults);
        small_close(request);
    }
}

static void test_what_is_no_json_object(void **state)
{
    static const char *const bodies[] = {
        "",
        " ",
        "null",
        "[]",
        "\"name\"",
        "1",
        "{",
        "{}{}",
        "{} x",
        "{'name': 1}",
        "{\"name\": 1,}",
        "{\"name\": 1, \"name\": 2}",
        "{\"name\": 01}",
        "{\"name\": NaN}",
        "{\"name\": \"\\u0000\"}",
        "{\"name\": \"\\ud800\"}",
        "{\"name\": \"\xff\"}",
        "{\"name\": \"\xc0\x80\"}",
        "{\"name\": \"a\nb\"}",
        "\xef\xbb\xbf{}",
        "{/**/}",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct request *request = small_open(OPERATION_CREATE_THING);
        assert_int_equal(read_body(request, bodies[i]), PROBLEM_MALFORMED_JSON);
        small_close(request);
    }
    struct request *request = small_open(OPERATION_CREATE_THING);
    const struct route route = {.operation = OPERATION_CREATE_THING};
    request->body = (struct span){.bytes = "{\0}", .length = 3};
    assert_int_equal(arguments_read(request, &route), PROBLEM_MALFORMED_JSON);
    small_close(request);
}

static enum problem read_nested(unsigned depth)
{
    char body[3 * LIMIT_JSON_DEPTH + 200];
    size_t length = (size_t)snprintf(body, sizeof body,
                                     "{\"brackets\": \"[[[[[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\", \"x\": ");
    for (unsigned i = 1; i < depth; i++)
        body[length++] = '[';
    for (unsigned i = 1; i < depth; i++)
        body[length++] = ']';
    body[length++] = '}';
    body[length] = '\0';
    struct request *request = small_open(OPERATION_CREATE_THING);
    enum problem problem = read_body(request, body);
    small_close(request);
    return problem;
}

static void test_depth(void **state)
{
    assert_int_equal(read_nested(LIMIT_JSON_DEPTH), PROBLEM_VALIDATION_FAILED);
    assert_int_equal(read_nested(LIMIT_JSON_DEPTH + 1), PROBLEM_MALFORMED_JSON);
}

static void test_a_body_where_none_is_taken(void **state)
{
    struct request *request = small_open(OPERATION_LIST_THINGS);
    assert_int_equal(read_body(request, "{}"), PROBLEM_UNSUPPORTED_MEDIA_TYPE);
    small_close(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_of_every_type),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_wrong_bodies),
        cmocka_unit_test(test_what_is_no_json_object),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_a_body_where_none_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
