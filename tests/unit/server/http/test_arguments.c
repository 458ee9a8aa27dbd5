/* server/http/arguments.c: every type in a path, a query and a header, and everything that must be refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_arguments.h"

#include "server/clock.h"

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

static void refuse_queries(const struct wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct request *request = small_open(OPERATION_LIST_THINGS);
        assert_int_equal(read_query(request, cases[i].sent), PROBLEM_VALIDATION_FAILED);
        assert_string_equal(small_faults(request), cases[i].faults);
        small_close(request);
    }
}

static void test_wrong_values(void **state)
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
    };
    refuse_queries(cases, COUNT_OF(cases));
}

static void test_wrong_numbers(void **state)
{
    static const struct wrong cases[] = {
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
    };
    refuse_queries(cases, COUNT_OF(cases));
}

static void test_wrong_names(void **state)
{
    static const struct wrong cases[] = {
        {"Limit=1", "/query/Limit unknown\n"},
        {"a~b/c=1", "/query/a~0b~1c unknown\n"},
        {"%FF=1", "/query unknown\n"},
        {"=1", "/query unknown\n"},
        {"a%0Ab=1", "/query unknown\n"},
        {"%=1", "/query malformed\n"},
        {"kind=blue&limit=0&x=1", "/query/kind not_allowed\n/query/limit too_small\n/query/x unknown\n"},
    };
    refuse_queries(cases, COUNT_OF(cases));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_of_every_type),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_wrong_names),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_several_headers),
        cmocka_unit_test(test_very_many_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
