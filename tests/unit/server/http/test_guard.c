/* server/http/guard.c: headers, the framing of the body, the caller a proxy names, and what must not be refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include "server/limits.h"
#include "tests/unit/server/http/guarding.h"

static void test_headers(void **state)
{
    static const struct sample samples[] = {
        {GUARD_OK, "GET", "/", "HTTP/1.1", {HOST}},
        {GUARD_OK, "GET", "/", "HTTP/1.0", {NULL}},
        {GUARD_VERSION_UNSUPPORTED, "GET", "/", "HTTP/1.2", {HOST}},
        {GUARD_VERSION_UNSUPPORTED, "GET", "/", "HTTP/2.0", {HOST}},
        {GUARD_VERSION_UNSUPPORTED, "GET", "/", "http/1.1", {HOST}},
        {GUARD_VERSION_UNSUPPORTED, "GET", "/", "", {HOST}},
        {GUARD_HEADER_NAME_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "X Y: 1"}},
        {GUARD_HEADER_NAME_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "Content-Length : 1"}},
        {GUARD_HEADER_NAME_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, ": 1"}},
        {GUARD_HEADER_NAME_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "X(: 1"}},
        {GUARD_HEADER_VALUE_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "X: a\rb"}},
        {GUARD_HEADER_VALUE_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "X: a\r\n b"}},
        {GUARD_HEADER_VALUE_MALFORMED, "GET", "/", "HTTP/1.1", {HOST, "X: a\x7f"}},
        {GUARD_OK, "GET", "/", "HTTP/1.1", {HOST, "X: a\tb", "X-Name: \xe5\xbc\xa0"}},
        {GUARD_HOST_MISSING, "GET", "/", "HTTP/1.1", {"Accept: */*"}},
        {GUARD_HOST_DUPLICATE, "GET", "/", "HTTP/1.1", {HOST, HOST}},
        {GUARD_HOST_DUPLICATE, "GET", "/", "HTTP/1.0", {HOST, "host: b"}},
        {GUARD_HEADER_DUPLICATE, "GET", "/", "HTTP/1.1", {HOST, "Authorization: Bearer a", "authorization: Bearer b"}},
        {GUARD_HEADER_DUPLICATE, "GET", "/", "HTTP/1.1", {HOST, "Caller-Pin: 123456", "caller-pin: 123456"}},
        {GUARD_OK, "GET", "/", "HTTP/1.1", {HOST, "Caller-Pin: 123456", "Caller-Number: 123456"}},
        {GUARD_OK, "GET", "/", "HTTP/1.1", {HOST, "Accept: a/b", "Accept: c/d"}},
        {GUARD_EXPECT_UNKNOWN, "POST", "/", "HTTP/1.1", {HOST, "Expect: 200-ok", "Content-Length: 1"}},
        {GUARD_OK, "POST", "/", "HTTP/1.1", {HOST, "Expect: 100-Continue", "Content-Length: 1"}},
        {GUARD_OK, "GET", "/", "HTTP/1.1", {HOST, "Connection: Upgrade", "Upgrade: h2c"}},
    };
    check_all(samples, COUNT_OF(samples));
}

static void test_body_framing(void **state)
{
    static const struct sample samples[] = {
        {GUARD_OK, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 0"}},
        {GUARD_OK, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 999999999999999999"}},
        {GUARD_OK, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: Chunked"}},
        {GUARD_LENGTH_AND_CODING, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 5", "Transfer-Encoding: chunked"}},
        {GUARD_LENGTH_AND_CODING, "POST", "/", "HTTP/1.1", {HOST, "transfer-encoding: x", "content-length: x"}},
        {GUARD_LENGTH_DUPLICATE, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 5", "Content-Length: 5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: "}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: +5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: -5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 5, 5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 0x5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 5 5"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 1000000000000000000"}},
        {GUARD_LENGTH_MALFORMED, "POST", "/", "HTTP/1.1", {HOST, "Content-Length: 18446744073709551621"}},
        {GUARD_CODING_MULTIPLE, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: gzip, chunked"}},
        {GUARD_CODING_MULTIPLE, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: a", "Transfer-Encoding: chunked"}},
        {GUARD_CODING_UNKNOWN, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: xchunked"}},
        {GUARD_CODING_UNKNOWN, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: identity"}},
        {GUARD_CODING_UNKNOWN, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: "}},
        {GUARD_CODING_UNKNOWN, "POST", "/", "HTTP/1.1", {HOST, "Transfer-Encoding: \"chunked\""}},
        {GUARD_CODING_IN_HTTP_1_0, "POST", "/", "HTTP/1.0", {HOST, "Transfer-Encoding: chunked"}},
    };
    check_all(samples, COUNT_OF(samples));
}

static void test_hosts(void **state)
{
    static const char *const good[] = {"Host: localhost", "Host: a.example:8080",    "Host: 127.0.0.1",
                                       "Host: [::1]",     "Host: [2001:db8::1]:443", "Host: a_b.example",
                                       "Host: a.example:"};
    static const char *const bad[] = {
        "Host: ",         "Host: a b", "Host: a,b",  "Host: u@a",    "Host: a/b",         "Host: a:b", "Host: a:65536",
        "Host: a:123456", "Host: ::1", "Host: [::1", "Host: [::1]x", "Host: [::g]",       "Host: []",  "Host: :80",
        "Host: http://a", "Host: a?b", "Host: a#b",  "Host: a%20b",  "Host: \xe5\xbc\xa0"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_int_equal(check(&(struct sample){GUARD_OK, "GET", "/", "HTTP/1.1", {good[i]}}), GUARD_OK);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (check(&(struct sample){GUARD_OK, "GET", "/", "HTTP/1.1", {bad[i]}}) != GUARD_HOST_MALFORMED)
            fail_msg("accepted %s", bad[i]);
}

static void test_header_count(void **state)
{
    struct guard_header headers[LIMIT_HEADERS + 1];
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        headers[i] = split(i == 0 ? HOST : "X: 1");
    struct guard_input input = {.method = SPAN("GET"),
                                .target = SPAN("/"),
                                .version = SPAN("HTTP/1.1"),
                                .headers = headers,
                                .headers_count = LIMIT_HEADERS};
    assert_int_equal(guard_check(&input), GUARD_OK);
    input.headers_count++;
    assert_int_equal(guard_check(&input), GUARD_HEADERS_TOO_MANY);
}

/* NUL inside any text is seen: spans carry their own length. */
static void test_embedded_nul(void **state)
{
    struct guard_header header = {.name = SPAN("Host"), .value = SPAN("a\0b")};
    struct guard_input input = {.method = SPAN("GET"),
                                .target = SPAN("/"),
                                .version = SPAN("HTTP/1.1"),
                                .headers = &header,
                                .headers_count = 1};
    assert_int_equal(guard_check(&input), GUARD_HEADER_VALUE_MALFORMED);
    header = (struct guard_header){.name = SPAN("Ho\0st"), .value = SPAN("a")};
    assert_int_equal(guard_check(&input), GUARD_HEADER_NAME_MALFORMED);
    header = (struct guard_header){.name = SPAN("Host"), .value = SPAN("a")};
    input.target = SPAN("/a\0b");
    assert_int_equal(guard_check(&input), GUARD_TARGET_CHARACTER);
}

/* Reads a header in place the way libmicrohttpd 0.9.75 does: NULs for delimiters, nothing after a NUL, no folding. */
static enum guard_verdict check_in_place(const char *sent, size_t target_length, size_t headers_count,
                                         const size_t offsets[][2])
{
    static char buffer[200];
    struct guard_header headers[HEADERS_MAX];
    size_t length = strlen(sent);
    assert_true(length < sizeof buffer);
    for (size_t i = 0; i <= length; i++)
        buffer[i] = strchr(" :\r\n~", sent[i]) != NULL ? '\0' : sent[i];
    for (size_t i = 0; i < headers_count; i++)
        headers[i] =
            (struct guard_header){.name = span_of(buffer + offsets[i][0]), .value = span_of(buffer + offsets[i][1])};
    struct guard_input input = {.method = span_of(buffer),
                                .target = {.bytes = buffer + 4, .length = target_length},
                                .version = span_of(strstr(sent, "HTTP") - sent + buffer),
                                .headers = headers,
                                .headers_count = headers_count,
                                .layout_bytes = length};
    return guard_check(&input);
}

/* "~" stands for a NUL that was sent. */
static void test_layout(void **state)
{
    static const size_t one[][2] = {{16, 22}};
    static const size_t two[][2] = {{16, 22}, {25, 28}};
    static const size_t lone[][2] = {{15, 21}};
    static const size_t after_blank[][2] = {{17, 23}};
    static const size_t moved[][2] = {{16, 22}, {100, 28}};
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1, 1, one), GUARD_OK);
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", 1, 2, two), GUARD_OK);
    assert_int_equal(check_in_place("GET / HTTP/1.1\nHost: a\n\n", 1, 1, lone), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 1, 1, after_blank), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET /~ HTTP/1.1\r\nHost: a\r\n\r\n", 1, 1, after_blank), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a~b\r\n\r\n", 1, 1, one), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n", 1, 1, one), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a\r\n:\r\n", 1, 1, one), GUARD_HEADER_LAYOUT);
    assert_int_equal(check_in_place("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 1, 2, moved),
                     GUARD_HEADER_LAYOUT);
}

/* "" stands for a caller that nothing counts of. */
static void test_callers_by_proxy(void **state)
{
    static const struct {
        bool by_proxy;
        const char *first, *second;
        enum guard_verdict expected;
        const char *caller;
    } cases[] = {
        {true, NULL, NULL, GUARD_OK, ""},
        {true, "X-Forwarded-For: 203.0.113.7", NULL, GUARD_OK, "203.0.113.7"},
        {true, "x-forwarded-for: 2001:db8::7", NULL, GUARD_OK, "2001:db8::7"},
        {true, "X-Forwarded-For: ::ffff:203.0.113.7", NULL, GUARD_OK, "203.0.113.7"},
        {true, "X-Forwarded-For: ", NULL, GUARD_CALLER_MALFORMED, ""},
        {true, "X-Forwarded-For: 203.0.113.7, 10.0.0.1", NULL, GUARD_CALLER_MALFORMED, ""},
        {true, "X-Forwarded-For: 203.0.113.7:80", NULL, GUARD_CALLER_MALFORMED, ""},
        {true, "X-Forwarded-For: [2001:db8::7]", NULL, GUARD_CALLER_MALFORMED, ""},
        {true, "X-Forwarded-For: unknown", NULL, GUARD_CALLER_MALFORMED, ""},
        {true, "X-Forwarded-For: 1.2.3.4", "X-FORWARDED-FOR: 1.2.3.4", GUARD_CALLER_MALFORMED, ""},
        {false, "X-Forwarded-For: 203.0.113.7", NULL, GUARD_OK, ""},
        {false, "X-Forwarded-For: unknown", "X-Forwarded-For: 1.2.3.4", GUARD_OK, ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guard_header headers[3] = {split(HOST)};
        struct guard_input input = {.method = SPAN("GET"),
                                    .target = SPAN("/"),
                                    .version = SPAN("HTTP/1.1"),
                                    .headers = headers,
                                    .headers_count = 1,
                                    .by_proxy = cases[i].by_proxy};
        struct sockaddr_storage caller;
        char text[ADDRESS_TEXT_BYTES] = "";
        if (cases[i].first != NULL)
            headers[input.headers_count++] = split(cases[i].first);
        if (cases[i].second != NULL)
            headers[input.headers_count++] = split(cases[i].second);
        assert_int_equal(guard_check(&input), cases[i].expected);
        if (guard_caller(&input, &caller))
            address_format((const struct sockaddr *)&caller, text);
        assert_string_equal(text, cases[i].caller);
    }
}

static void test_verdicts_are_described(void **state)
{
    assert_int_equal(guard_problem(GUARD_OK), PROBLEM_NONE);
    for (int verdict = GUARD_OK + 1; verdict < GUARD_COUNT; verdict++) {
        assert_non_null(guard_reason((enum guard_verdict)verdict));
        assert_int_not_equal(guard_problem((enum guard_verdict)verdict), PROBLEM_NONE);
    }
    assert_true(guard_closes(GUARD_LENGTH_AND_CODING));
    assert_false(guard_closes(GUARD_PATH_NOT_PLAIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_body_framing),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_header_count),
        cmocka_unit_test(test_embedded_nul),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_callers_by_proxy),
        cmocka_unit_test(test_verdicts_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
