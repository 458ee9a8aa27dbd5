/* server/http/guard.c: methods and targets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/limits.h"
#include "tests/unit/server/http/guarding.h"

static void test_methods(void **state)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    static const char *const unknown[] = {"TRACE", "CONNECT", "get", "GETX", "", "PROPFIND"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_int_equal(check(&(struct sample){GUARD_OK, known[i], "/", "HTTP/1.1", {HOST}}), GUARD_OK);
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_int_equal(check(&(struct sample){GUARD_OK, unknown[i], "/", "HTTP/1.1", {HOST}}), GUARD_METHOD_UNKNOWN);
}

static void test_targets(void **state)
{
    static const struct sample samples[] = {
        {GUARD_OK, "GET", "/v1/accounts/0198?as_of=2026-01-31T09:30:00%2B08:00", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/v1/a%20b/", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/v1/...", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/v1/.hidden/a..b", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/?a[]=1&b=a//b/../c&c=%0a", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/?", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_FORM, "GET", "http://api.example/", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_FORM, "GET", "api.example:443", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_FORM, "GET", "*", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_FORM, "GET", "", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_FORM, "GET", "?a=1", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_ASTERISK, "OPTIONS", "*", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a#b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/?a#b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a\x01", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a\tb", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/?a b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/\xe5\xbc\xa0", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a\\b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a%00b", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a%0d%0ab", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/a%7f", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_CHARACTER, "GET", "/?a=%00", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_PERCENT, "GET", "/a%", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_PERCENT, "GET", "/a%2", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_PERCENT, "GET", "/a%zz", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_PERCENT, "GET", "/?a=%4", "HTTP/1.1", {HOST}},
        {GUARD_TARGET_PERCENT, "GET", "/?a=%u0041", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "//", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1//regions", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/./regions", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/..", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/../regions", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/%2e%2e/regions", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/.%2E", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1%2fregions", "HTTP/1.1", {HOST}},
        {GUARD_PATH_NOT_PLAIN, "GET", "/v1/..%5cregions", "HTTP/1.1", {HOST}},
    };
    check_all(samples, COUNT_OF(samples));
}

/* `letter` repeated to make a target of that many bytes after `start`. */
static enum guard_verdict check_long(const char *start, size_t length)
{
    static char target[LIMIT_QUERY_BYTES + LIMIT_PATH_BYTES];
    size_t start_length = strlen(start);
    assert_true(start_length + length < sizeof target);
    memcpy(target, start, start_length);
    memset(target + start_length, 'a', length);
    target[start_length + length] = '\0';
    return check(&(struct sample){GUARD_OK, "GET", target, "HTTP/1.1", {HOST}});
}

static void test_lengths(void **state)
{
    assert_int_equal(check_long("/", LIMIT_PATH_BYTES - 1), GUARD_OK);
    assert_int_equal(check_long("/", LIMIT_PATH_BYTES), GUARD_PATH_TOO_LONG);
    assert_int_equal(check_long("/?", LIMIT_QUERY_BYTES), GUARD_OK);
    assert_int_equal(check_long("/?", LIMIT_QUERY_BYTES + 1), GUARD_QUERY_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
