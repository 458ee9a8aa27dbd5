/* server/http/idempotency.c: the same request has the same hash however it is written, and no other has it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_arguments.h"

#include "server/http/idempotency.h"

struct content {
    uint8_t hash[IDEMPOTENCY_HASH_BYTES];
};

static struct content content_of(enum operation operation, const char *query, const char *body, const char *key)
{
    struct content content;
    struct request *request = small_open(operation);
    const struct route route = {.operation = operation};
    request->query = span_of(query);
    request->headers[0] = span_of(key);
    request->body = span_of(body);
    assert_int_equal(arguments_read(request, &route), PROBLEM_NONE);
    assert_true(idempotency_hash(request, content.hash));
    small_close(request);
    return content;
}

static struct content of_body(const char *body)
{
    return content_of(OPERATION_CREATE_THING, "", body, "key-12345");
}

static void assert_same(struct content one, struct content other)
{
    assert_memory_equal(one.hash, other.hash, sizeof one.hash);
}

static void assert_differ(struct content one, struct content other)
{
    assert_memory_not_equal(one.hash, other.hash, sizeof one.hash);
}

static void test_writing_makes_no_difference(void **state)
{
    (void)state;
    struct content plain = of_body("{\"name\": \"a\", \"amount_fen\": 1, \"owner_id\": \"" ID "\"}");
    assert_same(
        plain,
        of_body(" {\"owner_id\":\"018F3A52-7c00-7a10-9d3c-5b1f0a2e4c68\",\"amount_fen\":1,\"name\":\"\\u0061\"}"));
    assert_same(of_body("{" REQUIRED ", \"expires_at\": \"1970-01-01T00:00:01Z\"}"),
                of_body("{" REQUIRED ", \"expires_at\": \"1970-01-01T08:00:01.000+08:00\"}"));
    assert_same(plain, content_of(OPERATION_CREATE_THING, "",
                                  "{\"name\": \"a\", \"amount_fen\": 1, \"owner_id\": \"" ID "\"}", "another key"));
}

static void test_every_argument_counts(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"name\": \"a\", \"amount_fen\": 1}",
        "{\"name\": \"a\", \"amount_fen\": -1}",
        "{\"name\": \"aa\", \"amount_fen\": 1}",
        "{" REQUIRED ", \"urgent\": true}",
        "{" REQUIRED ", \"urgent\": false}",
        "{" REQUIRED ", \"starts_on\": \"2024-02-29\"}",
        "{" REQUIRED ", \"month\": \"2024-02\"}",
        "{" REQUIRED ", \"colours\": [\"red\"]}",
        "{" REQUIRED ", \"colours\": [\"red\", \"blue\"]}",
        "{" REQUIRED ", \"colours\": [\"blue\", \"red\"]}",
        "{" REQUIRED ", \"parts\": [{\"number\": \"a\", \"count\": 1}]}",
        "{" REQUIRED ", \"parts\": [{\"number\": \"a\", \"count\": 1, \"colour\": \"red\"}]}",
        "{" REQUIRED ", \"parts\": [{\"number\": \"a\", \"count\": 1}, {\"number\": \"a\", \"count\": 1}]}",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        for (size_t j = 0; j < i; j++)
            assert_differ(of_body(bodies[i]), of_body(bodies[j]));
}

static void test_operations_differ(void **state)
{
    (void)state;
    assert_differ(content_of(OPERATION_LIST_THINGS, "", "", ""), content_of(OPERATION_GET_LATEST_THING, "", "", ""));
    assert_same(content_of(OPERATION_LIST_THINGS, "kind=red", "", ""),
                content_of(OPERATION_LIST_THINGS, "kind=r%65d", "", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writing_makes_no_difference),
        cmocka_unit_test(test_every_argument_counts),
        cmocka_unit_test(test_operations_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
