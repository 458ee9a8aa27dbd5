/* server/http/arguments.c and arguments_body.c: every type from every place, and everything that must be refused. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "small_contract.h"

#include "server/clock.h"
#include "server/http/arguments.h"
#include "tests/unit/failing_memory.h"
#include <jansson.h>
#include <stdio.h>

#define ID "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68"

static enum problem read_query(struct request *request, const char *query)
{
    const struct route route = {.operation = request->operation};
    request->query = span_of(query);
    return arguments_read(request, &route);
}

static enum problem read_body(struct request *request, const char *body)
{
    const struct route route = {.operation = request->operation};
    request->headers[0] = SPAN("key-12345");
    request->body = span_of(body);
    return arguments_read(request, &route);
}

static void test_query_of_every_type(void **state)
{
    struct request *request = small_open(OPERATION_LIST_THINGS);
    const struct arg *args = request->args;
    assert_int_equal(read_query(request,
                                "kind=green&label=%E5%8C%BB+b&owner_id=" ID "&from=2024-02-29&month=2024-02&as_of="
                                "1970-01-01T08:00:01%2B08:00&region=620500&active=false&limit=100&cursor=%2B"),
                     PROBLEM_NONE);
    assert_span_equal(args[LIST_THINGS_KIND].text, "green");
    assert_span_equal(args[LIST_THINGS_LABEL].text, "医 b");
    assert_int_equal(args[LIST_THINGS_OWNER_ID].uuid.bytes[15], 0x68);
    assert_int_equal(args[LIST_THINGS_FROM].number, date_from_civil(2024, 2, 29));
    assert_int_equal(args[LIST_THINGS_MONTH].number, 2024 * 12 + 1);
    assert_int_equal(args[LIST_THINGS_AS_OF].number, 1000000);
    assert_span_equal(args[LIST_THINGS_REGION].text, "620500");
    assert_true(args[LIST_THINGS_ACTIVE].present);
    assert_int_equal(args[LIST_THINGS_ACTIVE].number, 0);
    assert_int_equal(args[LIST_THINGS_LIMIT].number, 100);
    assert_span_equal(args[LIST_THINGS_CURSOR].text, "+");
    small_close(request);
}

static void test_defaults(void **state)
{
    struct request *request = small_open(OPERATION_LIST_THINGS);
    memset(request->args, 0xA5, sizeof request->args);
    assert_int_equal(read_query(request, "&&"), PROBLEM_NONE);
    assert_int_equal(request->args[LIST_THINGS_LIMIT].number, 20);
    assert_int_equal(request->args[LIST_THINGS_ACTIVE].number, 1);
    assert_true(request->args[LIST_THINGS_LIMIT].present);
    assert_false(request->args[LIST_THINGS_KIND].present);
    small_close(request);
}

struct wrong {
    const char *sent, *faults;
};

static void test_wrong_queries(void **state)
{
    static const struct wrong cases[] = {
        {"kind=blue", "/query/kind not_allowed\n"},
        {"kind=", "/query/kind not_allowed\n"},
        {"kind", "/query/kind not_allowed\n"},
        {"kind=Red", "/query/kind not_allowed\n"},
        {"kind=red%00", "/query/kind malformed\n"},
        {"kind=red&kind=red", "/query/kind duplicate\n"},
        {"kind=red&%6Bind=red", "/query/kind duplicate\n"},
        {"label=a", "/query/label too_short\n"},
        {"label=abcdef", "/query/label too_long\n"},
        {"label=%E5%8C%BB", "/query/label too_short\n"},
        {"label=ab%0A", "/query/label malformed\n"},
        {"label=ab%7F", "/query/label malformed\n"},
        {"label=ab%C2%85", "/query/label malformed\n"},
        {"label=ab%FF", "/query/label malformed\n"},
        {"label=ab%C0%80", "/query/label malformed\n"},
        {"label=ab%ED%A0%80", "/query/label malformed\n"},
        {"label=ab%F4%90%80%80", "/query/label malformed\n"},
        {"label=ab%E5%8C", "/query/label malformed\n"},
        {"label=ab%", "/query/label malformed\n"},
        {"label=ab%4", "/query/label malformed\n"},
        {"label=ab%4G", "/query/label malformed\n"},
        {"owner_id=" ID "0", "/query/owner_id malformed\n"},
        {"owner_id=x", "/query/owner_id malformed\n"},
        {"from=2023-02-29", "/query/from malformed\n"},
        {"month=2023-13", "/query/month malformed\n"},
        {"as_of=2023-01-01", "/query/as_of malformed\n"},
        {"as_of=2023-01-01T00:00:00+08:00", "/query/as_of malformed\n"}, /* '+' is a space */
        {"region=62050", "/query/region malformed\n"},
        {"region=62050x", "/query/region malformed\n"},
        {"active=1", "/query/active malformed\n"},
        {"active=TRUE", "/query/active malformed\n"},
        {"limit=0", "/query/limit too_small\n"},
        {"limit=101", "/query/limit too_large\n"},
        {"limit=-1", "/query/limit too_small\n"},
        {"limit=", "/query/limit malformed\n"},
        {"limit=-", "/query/limit malformed\n"},
        {"limit=1.0", "/query/limit malformed\n"},
        {"limit=1e1", "/query/limit malformed\n"},
        {"limit=0x10", "/query/limit malformed\n"},
        {"limit=010", "/query/limit malformed\n"},
        {"limit=-0", "/query/limit malformed\n"},
        {"limit=+1", "/query/limit malformed\n"},
        {"limit=%2B1", "/query/limit malformed\n"},
        {"limit=9223372036854775808", "/query/limit too_large\n"},
        {"limit=99999999999999999999999", "/query/limit too_large\n"},
        {"limit=-9223372036854775809", "/query/limit too_small\n"},
        {"limit=\xEF\xBC\x91", "/query/limit malformed\n"},
        {"Limit=1", "/query/Limit unknown\n"},
        {"a~b/c=1", "/query/a~0b~1c unknown\n"},
        {"%FF=1", "/query unknown\n"},
        {"=1", "/query unknown\n"},
        {"a%0Ab=1", "/query unknown\n"},
        {"%=1", "/query malformed\n"},
        {"kind=blue&limit=0&x=1", "/query/kind not_allowed\n/query/limit too_small\n/query/x unknown\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = small_open(OPERATION_LIST_THINGS);
        assert_int_equal(read_query(request, cases[i].sent), PROBLEM_VALIDATION_FAILED);
        assert_string_equal(small_faults(request), cases[i].faults);
        small_close(request);
    }
}

static void test_path(void **state)
{
    static const struct {
        const char *thing_id, *part_id, *faults;
    } cases[] = {
        {"a%20b+c", "-5", ""},
        {"x", "6", "/path/part_id too_large\n"},
        {"a%2Fb", "1", "/path/thing_id malformed\n"},
        {"a%2fb", "x", "/path/thing_id malformed\n/path/part_id malformed\n"},
        {"%00", "1", "/path/thing_id malformed\n"},
        {"%0a", "1", "/path/thing_id malformed\n"},
        {"%", "1", "/path/thing_id malformed\n"},
        {"123456789012345678901", "1", "/path/thing_id too_long\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = small_open(OPERATION_REPLACE_PART);
        const struct route route = {.operation = OPERATION_REPLACE_PART,
                                    .path_args = {span_of(cases[i].thing_id), span_of(cases[i].part_id)},
                                    .path_args_count = 2};
        enum problem expected = cases[i].faults[0] == '\0' ? PROBLEM_NONE : PROBLEM_VALIDATION_FAILED;
        assert_int_equal(arguments_read(request, &route), expected);
        assert_string_equal(small_faults(request), cases[i].faults);
        if (i == 0)
            assert_span_equal(request->args[REPLACE_PART_THING_ID].text, "a b+c");
        small_close(request);
    }
}

static const char whole_body[] =
    "{\"name\": \"\\u533b\\ud83d\\ude00\", \"amount_fen\": -9223372036854775808, \"urgent\": true, \"owner_id\": \"" ID
    "\","
    "\"starts_on\": \"2024-02-29\", \"month\": \"2024-02\", \"expires_at\": \"1970-01-01T00:00:01Z\","
    "\"colours\": [\"red\", \"blue\"], \"regions\": []}";

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

#define REQUIRED "\"name\": \"a\", \"amount_fen\": 1"

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

static void test_header(void **state)
{
    struct request *request = small_open(OPERATION_CREATE_THING);
    const struct route route = {.operation = OPERATION_CREATE_THING};
    request->body = SPAN("{" REQUIRED "}");
    assert_int_equal(arguments_read(request, &route), PROBLEM_VALIDATION_FAILED);
    request->headers[0] = SPAN("short");
    assert_int_equal(arguments_read(request, &route), PROBLEM_VALIDATION_FAILED);
    assert_string_equal(small_faults(request), "/header/idempotency-key required\n/header/idempotency-key too_short\n");
    small_close(request);
}

/* Other arguments stand between them in the contract. */
static void test_several_headers(void **state)
{
    struct request *request = small_open(OPERATION_GET_THING);
    const struct route route = {.operation = OPERATION_GET_THING, .path_args = {SPAN("t")}, .path_args_count = 1};
    request->headers[1] = SPAN("11010519491231002X");
    assert_int_equal(arguments_read(request, &route), PROBLEM_NONE);
    assert_false(request->args[GET_THING_CALLER_PIN].present);
    assert_span_equal(request->args[GET_THING_CALLER_NUMBER].text, "11010519491231002X");
    request->headers[0] = SPAN("12345");
    request->headers[1] = (struct span){0};
    assert_int_equal(arguments_read(request, &route), PROBLEM_VALIDATION_FAILED);
    assert_string_equal(small_faults(request), "/header/caller-pin too_short\n/header/caller-number required\n");
    small_close(request);
}

static void test_very_many_faults(void **state)
{
    struct request *request = small_open(OPERATION_LIST_THINGS);
    char query[LIMIT_QUERY_BYTES];
    memset(query, 'x', sizeof query);
    for (size_t i = 1; i + 1 < sizeof query; i += 2)
        query[i] = '&';
    query[sizeof query - 1] = '\0';
    assert_int_equal(read_query(request, query), PROBLEM_VALIDATION_FAILED);
    assert_int_equal(request->faults_count, LIMIT_FIELD_ERRORS);
    small_close(request);
}

static void read_bytes(enum operation operation, const char *bytes, size_t length)
{
    struct request *request = small_open(operation);
    const struct route route = {.operation = operation, .path_args = {{bytes, length}}, .path_args_count = 0};
    struct span all = {.bytes = bytes, .length = length};
    if (operation == OPERATION_CREATE_THING)
        request->body = all;
    else
        request->query = all;
    enum problem problem = arguments_read(request, &route);
    assert_true(problem == PROBLEM_NONE || problem == PROBLEM_VALIDATION_FAILED || problem == PROBLEM_MALFORMED_JSON);
    assert_true((problem == PROBLEM_VALIDATION_FAILED) <= (request->faults_count > 0));
    small_close(request);
}

static void truncate_and_mutate(enum operation operation, const char *valid)
{
    size_t length = strlen(valid);
    for (size_t cut = 0; cut <= length; cut++) {
        char *bytes = small_exact(valid, cut);
        read_bytes(operation, bytes, cut);
        free(bytes);
    }
    char *bytes = small_exact(valid, length);
    for (size_t i = 0; i < length; i++)
        for (int byte = 0; byte < 256; byte++) {
            char before = bytes[i];
            bytes[i] = (char)byte;
            read_bytes(operation, bytes, length);
            bytes[i] = before;
        }
    free(bytes);
}

static void test_every_truncation_and_mutation(void **state)
{
    truncate_and_mutate(OPERATION_LIST_THINGS, "kind=red&label=%E5%8C%BB+b&owner_id=" ID
                                               "&month=2024-02&as_of=2024-01-01T00:00:00Z&active=true&limit=20");
    truncate_and_mutate(OPERATION_CREATE_THING, whole_body);
}

/* Jansson's own calls are not wrapped, so it is given a function that is. */
static void *allocate(size_t size)
{
    return malloc(size);
}

static void test_every_allocation_fails_once(void **state)
{
    enum problem problem = PROBLEM_INTERNAL_ERROR;
    json_set_alloc_funcs(allocate, free);
    for (int left = 0; problem != PROBLEM_NONE; left++) {
        struct request *request = small_open(OPERATION_CREATE_THING);
        allocations_left = left;
        problem = read_body(request, whole_body);
        allocations_left = -1;
        assert_true(problem == PROBLEM_NONE || problem == PROBLEM_INTERNAL_ERROR || problem == PROBLEM_MALFORMED_JSON);
        small_close(request);
        assert_true(left < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_of_every_type),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_wrong_queries),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_body_of_every_type),
        cmocka_unit_test(test_wrong_bodies),
        cmocka_unit_test(test_what_is_no_json_object),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_a_body_where_none_is_taken),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_several_headers),
        cmocka_unit_test(test_very_many_faults),
        cmocka_unit_test(test_every_truncation_and_mutation),
        cmocka_unit_test(test_every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
