/* server/http/cors.c: the allow-list, preflights, and the headers of any other answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/cors.h"
#include "tests/unit/harness.h"

static const char *value_of(const struct reply *reply, const char *name)
{
    for (unsigned i = 0; i < reply->headers_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

static void test_lists(void **state)
{
    struct cors cors;
    const char *error = NULL;
    assert_true(cors_read(&cors, "", &error));
    assert_int_equal(cors.origins_count, 0);
    assert_true(cors_read(&cors, "https://a.example, HTTP://Localhost:5173", &error));
    assert_int_equal(cors.origins_count, 2);
    assert_non_null(cors_allowed(&cors, SPAN("http://localhost:5173")));
}

static void test_bad_lists(void **state)
{
    static const char *const lists[] = {"*",
                                        "null",
                                        "a.example",
                                        "https://",
                                        "https://a.example/",
                                        "https://a.example/x",
                                        "https://*.example",
                                        "https://a.example,*",
                                        "ftp://a.example",
                                        "https://user@a.example",
                                        "https://a.example:99999"};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct cors cors;
        const char *error = NULL;
        if (cors_read(&cors, lists[i], &error))
            fail_msg("accepted %s", lists[i]);
        assert_non_null(error);
    }
}

static void test_only_the_very_origin(void **state)
{
    static const char *const others[] = {"",
                                         "null",
                                         "https://a.example.evil",
                                         "https://evil-a.example",
                                         "http://a.example",
                                         "https://a.example:443",
                                         "https://a.exampl"};
    struct cors cors;
    const char *error = NULL;
    assert_true(cors_read(&cors, "https://a.example", &error));
    assert_string_equal(cors_allowed(&cors, SPAN("https://a.example")), "https://a.example");
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_null(cors_allowed(&cors, span_of(others[i])));
}

static void test_preflight(void **state)
{
    struct cors cors;
    const char *error = NULL;
    struct reply reply = {0};
    assert_true(cors_read(&cors, "https://a.example", &error));
    cors_preflight(&cors, SPAN("https://a.example"), "GET, HEAD, OPTIONS", &reply);
    assert_string_equal(value_of(&reply, "Access-Control-Allow-Origin"), "https://a.example");
    assert_string_equal(value_of(&reply, "Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
    assert_non_null(strstr(value_of(&reply, "Access-Control-Allow-Headers"), "Authorization"));
    assert_string_equal(value_of(&reply, "Access-Control-Max-Age"), "600");
    assert_string_equal(value_of(&reply, "Vary"), "Origin");
}

static void test_other_answers(void **state)
{
    struct cors cors;
    const char *error = NULL;
    struct reply reply = {0};
    assert_true(cors_read(&cors, "https://a.example", &error));
    cors_simple(&cors, SPAN("https://a.example"), &reply);
    assert_string_equal(value_of(&reply, "Access-Control-Allow-Origin"), "https://a.example");
    assert_non_null(strstr(value_of(&reply, "Access-Control-Expose-Headers"), "RateLimit-Policy"));
}

static void test_strangers_get_only_vary(void **state)
{
    struct cors cors;
    const char *error = NULL;
    struct reply reply = {0};
    struct reply preflight = {0};
    struct reply closed = {0};
    assert_true(cors_read(&cors, "https://a.example", &error));
    cors_simple(&cors, SPAN("https://b.example"), &reply);
    cors_preflight(&cors, SPAN("https://b.example"), "GET", &preflight);
    assert_int_equal(reply.headers_count, 1);
    assert_int_equal(preflight.headers_count, 1);
    assert_string_equal(value_of(&reply, "Vary"), "Origin");
    assert_true(cors_read(&cors, "", &error));
    cors_simple(&cors, SPAN("https://a.example"), &closed);
    assert_int_equal(closed.headers_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_bad_lists),
        cmocka_unit_test(test_only_the_very_origin),
        cmocka_unit_test(test_preflight),
        cmocka_unit_test(test_other_answers),
        cmocka_unit_test(test_strangers_get_only_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
