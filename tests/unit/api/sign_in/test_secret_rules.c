/* Rules of passwords and PINs: which are broken, all at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/secret_rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const struct secret_owner owner = {
    .citizen_number = SPAN("11010519491231002X"), .name = SPAN("张小明"), .phone = SPAN("13812345678")};

static unsigned password_faults(const char *password)
{
    struct request request = {.arena = arena_open(), .language = LANGUAGE_EN};
    secret_rules_check_password(&request, "password", span_of(password), &owner);
    unsigned count = request.faults_count;
    arena_close(request.arena);
    return count;
}

static unsigned pin_faults(const char *pin)
{
    struct request request = {.arena = arena_open(), .language = LANGUAGE_ZH};
    secret_rules_check_pin(&request, "new_pin", span_of(pin), &owner);
    unsigned count = request.faults_count;
    arena_close(request.arena);
    return count;
}

static void good_passwords(void **state)
{
    (void)state;
    static const char *const good[] = {"four brown foxes", "十个字符的密码也可以", "xK7!pQ2#vN", "1949 was long ago",
                                       "password is the first word of this one"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(password_faults(good[i]), 0);
}

static void length_is_in_characters(void **state)
{
    (void)state;
    char long_one[3 * 129 + 1] = "";
    assert_int_equal(password_faults("九个字符的密码呀呀"), 1);
    for (int i = 0; i < 129; i++)
        memcpy(long_one + 3 * i, i % 2 == 0 ? "密" : i % 3 == 0 ? "码" : "字", 4);
    assert_int_equal(password_faults(long_one), 1);
    long_one[3 * 128] = '\0';
    assert_int_equal(password_faults(long_one), 0);
}

static void what_anybody_would_try(void **state)
{
    (void)state;
    static const char *const poor[] = {"aaaaaaaaaa", "1234567890", "9876543210",   "abcdefghijkl",
                                       "acegikmoqs", "ababababab", "123123123123", "Password12",
                                       "QWERTYUIOP", "iloveyou12", "woaini52052"};
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        assert_int_not_equal(password_faults(poor[i]), 0); /* some are a part of the phone number besides */
}

static void parts_of_the_person(void **state)
{
    (void)state;
    assert_int_equal(password_faults("born on 19491231"), 1);
    assert_int_equal(password_faults("call me 345678 now"), 1);
    assert_int_equal(password_faults("我的名字是张小明呀呀呀"), 1);
    assert_int_equal(password_faults("11010519491231002X"), 1);
    assert_int_equal(password_faults("12345 67890 x"), 0);
}

static void all_faults_at_once(void **state)
{
    (void)state;
    assert_int_equal(password_faults("张小明345678"), 3); /* too short, the name, the phone */
    assert_int_equal(password_faults("11111"), 2);
}

static void an_owner_without_data_breaks_nothing(void **state)
{
    (void)state;
    static const struct secret_owner nobody;
    struct request request = {.arena = arena_open()};
    secret_rules_check_password(&request, "password", SPAN("four brown foxes"), &nobody);
    secret_rules_check_password(&request, "password", SPAN(""), &nobody);
    assert_int_equal(request.faults_count, 2); /* the empty one is too short, and a row of nothing */
    arena_close(request.arena);
}

static void pins(void **state)
{
    (void)state;
    static const char *const poor[] = {"000000", "123456", "654321", "121212", "123123",  "491231", "345678", "112233",
                                       "123321", "147258", "520131", "12345",  "1234567", "12a456", ""};
    assert_int_equal(pin_faults("739204"), 0);
    assert_int_equal(pin_faults("112358"), 1);
    assert_int_equal(pin_faults("902753"), 0);
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        assert_int_not_equal(pin_faults(poor[i]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_passwords),
        cmocka_unit_test(length_is_in_characters),
        cmocka_unit_test(what_anybody_would_try),
        cmocka_unit_test(parts_of_the_person),
        cmocka_unit_test(all_faults_at_once),
        cmocka_unit_test(an_owner_without_data_breaks_nothing),
        cmocka_unit_test(pins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
