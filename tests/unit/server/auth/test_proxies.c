/* server/auth/proxies.c: which lists are taken, and who is on them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include "server/auth/proxies.h"
#include "tests/unit/harness.h"

static bool is_on(const char *list, const char *peer)
{
    struct proxies proxies;
    struct sockaddr_storage address;
    const char *error = NULL;
    assert_true(proxies_read(&proxies, list, &error));
    assert_true(address_parse(span_of(peer), &address));
    return proxies_contain(&proxies, (const struct sockaddr *)&address);
}

static void test_who_is_on_the_list(void **state)
{
    static const struct {
        const char *list, *peer;
        bool is_on;
    } cases[] = {
        {"", "127.0.0.1", false},
        {"10.0.0.10", "10.0.0.10", true},
        {"10.0.0.10", "10.0.0.11", false},
        {"10.0.0.10", "::ffff:10.0.0.10", true},
        {"::ffff:10.0.0.10", "10.0.0.10", true},
        {"10.0.0.10", "::a00:a", false},
        {"10.0.0.8/29, fd00:5::/64", "10.0.0.15", true},
        {"10.0.0.8/29, fd00:5::/64", "10.0.0.16", false},
        {" fd00:5::/64 ,10.0.0.8", "fd00:5::ffff:1", true},
        {"fd00:5::/64", "fd00:5:0:1::1", false},
        {"fd00:5::/63", "fd00:5:0:1::1", true},
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"::1", "::1", true},
        {"::1", "127.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (is_on(cases[i].list, cases[i].peer) != cases[i].is_on)
            fail_msg("%s: %s", cases[i].list, cases[i].peer);
}

static void test_lists_that_are_refused(void **state)
{
    static const char *const lists[] = {
        "localhost",          "10.0.0.1:80", "[::1]",       "10.0.0",       "10.0.0.256",
        "10.0.0.1/",          "10.0.0.1/33", "10.0.0.1/24", "0.0.0.0/0",    "10.0.0.0/7",
        "10.0.0.0/08",        "10.0.0.0/+8", "10.0.0.0/8a", "/8",           "::/0",
        "fd00::/31",          "fd00::/129",  "fd00::1/64",  "fe80::1%eth0", ",",
        "10.0.0.1,,10.0.0.2", "10.0.0.1;::", "*",           "010.0.0.1",    "10.0.0.0/0008",
        "10.0.0.1 10.0",
    };
    struct proxies proxies;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const char *error = NULL;
        if (proxies_read(&proxies, lists[i], &error))
            fail_msg("accepted %s", lists[i]);
        assert_non_null(strstr(error, "YIBAO_PROXY_ADDRESSES"));
    }
}

static void test_as_many_as_there_is_room_for(void **state)
{
    char list[PROXIES_MAXIMUM * 10 + 10] = "10.0.0.1";
    struct proxies proxies;
    const char *error = NULL;
    for (int i = 1; i < PROXIES_MAXIMUM; i++)
        strcat(list, ",10.0.0.1");
    assert_true(proxies_read(&proxies, list, &error));
    assert_int_equal(proxies.count, PROXIES_MAXIMUM);
    strcat(list, ",::1");
    assert_false(proxies_read(&proxies, list, &error));
}

static void test_other_families_are_nobody(void **state)
{
    struct proxies proxies;
    const char *error = NULL;
    const struct sockaddr peer = {.sa_family = AF_UNIX};
    assert_true(proxies_read(&proxies, "10.0.0.1", &error));
    assert_false(proxies_contain(&proxies, &peer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_on_the_list),
        cmocka_unit_test(test_lists_that_are_refused),
        cmocka_unit_test(test_as_many_as_there_is_room_for),
        cmocka_unit_test(test_other_families_are_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
