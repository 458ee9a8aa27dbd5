/* server/http/router.c: what is found, what is not, and what only for other methods. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_contract.h"

static enum route_result find(enum method method, const char *path, struct route *route)
{
    return router_find(method, span_of(path), route);
}

static void test_found(void **state)
{
    struct route route;
    assert_int_equal(find(METHOD_GET, "/v1/things", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_LIST_THINGS);
    assert_int_equal(route.path_args_count, 0);
    assert_string_equal(route.allow, "GET, HEAD, POST, OPTIONS");
    assert_int_equal(find(METHOD_POST, "/v1/things", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_CREATE_THING);
    assert_int_equal(find(METHOD_PUT, "/v1/things/a%20b/parts/7", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_REPLACE_PART);
    assert_int_equal(route.path_args_count, 2);
    assert_true(span_equal(route.path_args[0], SPAN("a%20b")));
    assert_true(span_equal(route.path_args[1], SPAN("7")));
}

static void test_literal_wins(void **state)
{
    struct route route;
    assert_int_equal(find(METHOD_GET, "/v1/things/latest", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_GET_LATEST_THING);
    assert_int_equal(find(METHOD_GET, "/v1/things/Latest", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_GET_THING);
    assert_int_equal(find(METHOD_GET, "/v1/things/l%61test", &route), ROUTE_FOUND);
    assert_int_equal(route.operation, OPERATION_GET_THING);
}

static void test_not_found(void **state)
{
    static const char *const paths[] = {
        "",
        "/",
        "//",
        "v1/things",
        "/v1",
        "/v1/",
        "/v1/things/",
        "/V1/things",
        "/v1//things",
        "/v1/thing",
        "/v1/things/a/",
        "/v1/thingss",
        "/v2/things",
        "/v1/things//parts/1",
        "/v1/me",
        "*",
        "/%76%31",
        "/v1/things/a/part",
        "//v1/things",
        "/v1/things/latest/parts/1",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct route route;
        assert_int_equal(find(METHOD_GET, paths[i], &route), ROUTE_NOT_FOUND);
        assert_null(route.allow);
    }
}

static void test_method_not_allowed(void **state)
{
    struct route route;
    assert_int_equal(find(METHOD_PATCH, "/v1/things", &route), ROUTE_METHOD_NOT_ALLOWED);
    assert_int_equal(route.operation, OPERATION_NONE);
    assert_int_equal(find(METHOD_COUNT, "/v1/things/x", &route), ROUTE_METHOD_NOT_ALLOWED);
    assert_string_equal(route.allow, "GET, HEAD, DELETE, OPTIONS");
    assert_int_equal(find(METHOD_GET, "/v1/things/x/parts/1", &route), ROUTE_METHOD_NOT_ALLOWED);
    assert_string_equal(route.allow, "PUT, OPTIONS");
}

static void test_every_truncation_and_mutation(void **state)
{
    static const char path[] = "/v1/things/a%20b/parts/7";
    for (size_t length = 0; length < sizeof path; length++) {
        char *cut = small_exact(path, length);
        struct route route;
        router_find(METHOD_PUT, (struct span){.bytes = cut, .length = length}, &route);
        for (size_t i = 0; i < length; i++)
            for (int byte = 0; byte < 256; byte++) {
                char before = cut[i];
                cut[i] = (char)byte;
                router_find(METHOD_PUT, (struct span){.bytes = cut, .length = length}, &route);
                assert_true(route.path_args_count <= 2);
                cut[i] = before;
            }
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_literal_wins),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_method_not_allowed),
        cmocka_unit_test(test_every_truncation_and_mutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
