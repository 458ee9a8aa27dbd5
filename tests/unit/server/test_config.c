/* server/config.c: defaults, bounds, passwords, and its documentation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/configuring.h"

static void test_defaults(void **state)
{
    struct config config;
    assert_true(config_read(&config));
    assert_string_equal(config.mode, "development");
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_int_equal(config.read_timeout_ms, 2000);
    assert_false(config_is_production(&config));
    assert_true(config_check_mode(&config));
}

static void test_empty_is_the_same_as_none(void **state)
{
    struct config config;
    setenv("YIBAO_LISTEN", "", 1);
    setenv("YIBAO_READ_TIMEOUT_MS", "", 1);
    assert_true(config_read(&config));
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_int_equal(config.read_timeout_ms, 2000);
}

static void test_bounds_are_inclusive(void **state)
{
    struct config config;
    setenv("YIBAO_READ_TIMEOUT_MS", "10", 1);
    assert_true(config_read(&config));
    assert_int_equal(config.read_timeout_ms, 10);
    setenv("YIBAO_READ_TIMEOUT_MS", "60000", 1);
    assert_true(config_read(&config));
    assert_int_equal(config.read_timeout_ms, 60000);
}

static void test_wrong_values_are_refused_with_one_line(void **state)
{
    static const struct {
        const char *name;
        const char *value;
    } bad[] = {
        {"YIBAO_READ_TIMEOUT_MS", "9"},   {"YIBAO_READ_TIMEOUT_MS", "60001"},         {"YIBAO_READ_TIMEOUT_MS", "-5"},
        {"YIBAO_READ_TIMEOUT_MS", "5s"},  {"YIBAO_READ_TIMEOUT_MS", " 50"},           {"YIBAO_READ_TIMEOUT_MS", "0x20"},
        {"YIBAO_READ_TIMEOUT_MS", "1e3"}, {"YIBAO_REACTORS", "99999999999999999999"}, {"YIBAO_MODE", "prod"},
        {"YIBAO_MODE", "production|"},    {"YIBAO_MODE", "development|production"},   {"YIBAO_CHAIN_HASH", "md5"},
        {"YIBAO_LOG_LEVEL", "INFO"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct config config;
        char line[500];
        clearenv();
        setenv(bad[i].name, bad[i].value, 1);
        assert_false(said(read_config, &config, line));
        assert_non_null(strstr(line, bad[i].name));
        assert_non_null(strstr(line, bad[i].value));
        assert_string_equal(strchr(line, '\n'), "\n");
    }
}

static void test_a_database_url_that_cannot_be_read_is_not_repeated(void **state)
{
    static const char *const urls[] = {"postgre://yibao:s3cret@db/yibao", "postgresql://yibao:s3cret@[db/yibao",
                                       "host=db passwort=s3cret", "s3cret"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct config config;
        char line[500];
        setenv("DATABASE_URL", urls[i], 1);
        assert_false(said(read_config, &config, line));
        assert_non_null(strstr(line, "DATABASE_URL"));
        assert_null(strstr(line, "s3cret"));
        assert_string_equal(strchr(line, '\n'), "\n");
    }
}

static void test_a_password_has_one_place(void **state)
{
    struct config config;
    char line[500];
    setenv("DATABASE_URL", "postgresql://yibao:s3cret@/yibao", 1);
    assert_true(config_read(&config));
    setenv("YIBAO_DATABASE_PASSWORD_FILE", "/run/password", 1);
    assert_false(said(read_config, &config, line));
    assert_non_null(strstr(line, "YIBAO_DATABASE_PASSWORD_FILE"));
    assert_null(strstr(line, "s3cret"));
}

static char *printed(void (*print)(FILE *out))
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    print(out);
    fclose(out);
    return text;
}

static void print_with_secrets(FILE *out)
{
    struct config config;
    config_read(&config);
    config_print(&config, out);
}

static void test_passwords_are_not_shown(void **state)
{
    static const char *const urls[] = {
        "postgresql://yibao:s3cret@db/yibao",       "postgresql:///yibao?host=/tmp&password=s3cret",
        "host=db password = 's3cret' dbname=yibao", "postgresql://yibao:s3cret@[db/yibao",
        "host=db sslpassword=s3cret dbname=yibao",
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        setenv("DATABASE_URL", urls[i], 1);
        char *text = printed(print_with_secrets);
        assert_null(strstr(text, "s3cret"));
        free(text);
    }
}

static void test_help_names_every_setting(void **state)
{
    char *help = printed(config_print_help);
#define CONFIG_TEXT(field, environment, fallback, allowed, meaning) assert_non_null(strstr(help, environment));
#define CONFIG_INT(field, environment, unit, fallback, minimum, maximum, meaning)                                      \
    assert_non_null(strstr(help, environment));
#include "server/config.def"
#undef CONFIG_TEXT
#undef CONFIG_INT
    free(help);
}

static void test_the_documentation_agrees(void **state)
{
    char *expected = printed(config_print_markdown);
    static char page[100000];
    FILE *file = fopen("docs/configuration.md", "r"); /* `make unit` runs in the root */
    assert_non_null(file);
    page[fread(page, 1, sizeof(page) - 1, file)] = 0;
    fclose(file);
    if (strcmp(page, expected) != 0)
        fail_msg("docs/configuration.md is out of date: make docs");
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_defaults, clear_environment),
        cmocka_unit_test_setup(test_empty_is_the_same_as_none, clear_environment),
        cmocka_unit_test_setup(test_bounds_are_inclusive, clear_environment),
        cmocka_unit_test_setup(test_wrong_values_are_refused_with_one_line, clear_environment),
        cmocka_unit_test_setup(test_a_database_url_that_cannot_be_read_is_not_repeated, clear_environment),
        cmocka_unit_test_setup(test_a_password_has_one_place, clear_environment),
        cmocka_unit_test_setup(test_passwords_are_not_shown, clear_environment),
        cmocka_unit_test_setup(test_help_names_every_setting, clear_environment),
        cmocka_unit_test_setup(test_the_documentation_agrees, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
