/* server/auth/address.c: listen addresses in and out, peers as text, callers as bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include "tests/unit/harness.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

static void test_listen_addresses_round_trip(void **state)
{
    static const char *const texts[] = {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:8080", "[2001:db8::7]:65535"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct address address;
        char text[ADDRESS_LISTEN_BYTES];
        assert_true(address_parse_listen(texts[i], &address));
        address_format_listen(&address, text);
        assert_string_equal(text, texts[i]);
    }
}

static void test_no_host_is_every_address(void **state)
{
    struct address address;
    char text[ADDRESS_LISTEN_BYTES];
    assert_true(address_parse_listen(":8080", &address));
    address_format_listen(&address, text);
    assert_string_equal(text, "[::]:8080");
    assert_false(address_is_loopback(&address));
}

static void test_malformed_listen_addresses(void **state)
{
    static const char *const texts[] = {"",
                                        "8080",
                                        "localhost:8080",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:-1",
                                        "127.0.0.1:80x",
                                        "127.0.0.1: 80",
                                        "127.1:80",
                                        "::1:8080",
                                        "[::1]",
                                        "[::1:8080",
                                        "[]:8080",
                                        "[127.0.0.1]:80",
                                        "1.2.3.4.5:80",
                                        "127.0.0.1:000080",
                                        "[::1]x:80",
                                        "999.0.0.1:80"};
    struct address address;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (address_parse_listen(texts[i], &address))
            fail_msg("accepted %s", texts[i]);
}

static void test_loopback(void **state)
{
    struct address address;
    assert_true(address_parse_listen("127.9.9.9:1", &address));
    assert_true(address_is_loopback(&address));
    assert_true(address_parse_listen("[::1]:1", &address));
    assert_true(address_is_loopback(&address));
    assert_true(address_parse_listen("10.0.0.1:1", &address));
    assert_false(address_is_loopback(&address));
}

static struct sockaddr_storage ipv6(const char *text)
{
    struct sockaddr_storage storage = {.ss_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&storage)->sin6_addr), 1);
    return storage;
}

static struct sockaddr_storage ipv4(const char *text)
{
    struct sockaddr_storage storage = {.ss_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &((struct sockaddr_in *)&storage)->sin_addr), 1);
    return storage;
}

static void assert_formats(struct sockaddr_storage peer, const char *expected)
{
    char text[ADDRESS_TEXT_BYTES];
    address_format((struct sockaddr *)&peer, text);
    assert_string_equal(text, expected);
}

static void test_peers_as_text(void **state)
{
    assert_formats(ipv4("192.0.2.1"), "192.0.2.1");
    assert_formats(ipv6("2001:db8::1"), "2001:db8::1");
    assert_formats(ipv6("::ffff:192.0.2.1"), "192.0.2.1");
    assert_formats(ipv6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_formats((struct sockaddr_storage){.ss_family = AF_UNIX}, "unknown");
}

static bool is_same_caller(struct sockaddr_storage a, struct sockaddr_storage b)
{
    uint8_t bytes_a[ADDRESS_CALLER_BYTES_MAX];
    uint8_t bytes_b[ADDRESS_CALLER_BYTES_MAX];
    size_t length_a = address_caller_bytes((struct sockaddr *)&a, bytes_a);
    size_t length_b = address_caller_bytes((struct sockaddr *)&b, bytes_b);
    return length_a == length_b && memcmp(bytes_a, bytes_b, length_a) == 0;
}

static void test_callers(void **state)
{
    assert_true(is_same_caller(ipv6("2001:db8:1:2::1"), ipv6("2001:db8:1:2:ffff::9")));
    assert_false(is_same_caller(ipv6("2001:db8:1:2::1"), ipv6("2001:db8:1:3::1")));
    assert_true(is_same_caller(ipv4("192.0.2.1"), ipv6("::ffff:192.0.2.1")));
    assert_false(is_same_caller(ipv4("192.0.2.1"), ipv4("192.0.2.2")));
}

static bool is_counted_as_one(struct sockaddr_storage a, struct sockaddr_storage b)
{
    struct sockaddr_storage one = {0};
    struct sockaddr_storage other = {0};
    socklen_t length = address_of_caller((struct sockaddr *)&a, sizeof a, &one);
    assert_int_equal(length, address_of_caller((struct sockaddr *)&b, sizeof b, &other));
    return memcmp(&one, &other, length) == 0;
}

static void test_callers_for_who_counts_whole_addresses(void **state)
{
    assert_true(is_counted_as_one(ipv6("2001:db8:1:2::1"), ipv6("2001:db8:1:2:ffff::9")));
    assert_false(is_counted_as_one(ipv6("2001:db8:1:2::1"), ipv6("2001:db8:1:3::1")));
    assert_false(is_counted_as_one(ipv6("::ffff:192.0.2.1"), ipv6("::ffff:192.0.2.2")));
    assert_false(is_counted_as_one(ipv4("192.0.2.1"), ipv4("192.0.2.2")));
}

static void test_listening(void **state)
{
    struct address address;
    assert_true(address_parse_listen("127.0.0.1:0", &address));
    int first = address_listen(&address, 4, true);
    assert_true(first >= 0);
    uint16_t port = address_bound_port(first);
    assert_int_not_equal(port, 0);
    ((struct sockaddr_in *)&address.storage)->sin_port = htons(port);
    int second = address_listen(&address, 4, true);
    assert_true(second >= 0);
    assert_int_equal(address_listen(&address, 4, false), -1);
    close(second);
    close(first);
    assert_int_equal(address_bound_port(-1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listen_addresses_round_trip),
        cmocka_unit_test(test_no_host_is_every_address),
        cmocka_unit_test(test_malformed_listen_addresses),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_peers_as_text),
        cmocka_unit_test(test_callers),
        cmocka_unit_test(test_callers_for_who_counts_whole_addresses),
        cmocka_unit_test(test_listening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
