/* server/config.c: defaults, bounds, the rules of production mode, and its documentation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"
#include "tests/unit/harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int clear_environment(void **state)
{
    (void)state;
    return clearenv();
}

/* Runs `check` with standard error captured; *line is what it said. */
static bool said(bool (*check)(void *subject), void *subject, char line[500])
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int saved = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    bool result = check(subject);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t length = pread(fileno(file), line, 499, 0);
    fclose(file);
    line[length > 0 ? length : 0] = 0;
    return result;
}

static bool read_config(void *config)
{
    return config_read(config);
}

static bool check_mode(void *config)
{
    return config_check_mode(config);
}

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

static void test_production_mode(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        const char *complaint; /* NULL: allowed */
    } cases[] = {
        {"YIBAO_LISTEN", "127.0.0.1:80", NULL},
        {"YIBAO_LISTEN", "[::1]:80", NULL},
        {"YIBAO_LISTEN", "0.0.0.0:80", "YIBAO_BEHIND_PROXY"},
        {"YIBAO_LISTEN", "[::]:80", "YIBAO_BEHIND_PROXY"},
        {"YIBAO_TEST_CLOCK", "2026-01-01T00:00:00Z", "YIBAO_TEST_CLOCK"},
        {"YIBAO_OPS_LISTEN", "10.1.2.3:8081", NULL},
        {"YIBAO_OPS_LISTEN", "172.31.0.1:8081", NULL},
        {"YIBAO_OPS_LISTEN", "192.168.0.1:8081", NULL},
        {"YIBAO_OPS_LISTEN", "[fd00::1]:8081", NULL},
        {"YIBAO_OPS_LISTEN", "[::ffff:10.0.0.1]:8081", NULL},
        {"YIBAO_OPS_LISTEN", "172.32.0.1:8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_OPS_LISTEN", "193.168.0.1:8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_OPS_LISTEN", "0.0.0.0:8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_OPS_LISTEN", ":8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_OPS_LISTEN", "[2001:db8::1]:8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_OPS_LISTEN", "[::ffff:8.8.8.8]:8081", "YIBAO_OPS_LISTEN"},
        {"YIBAO_CORS_ORIGINS", "https://a.example", NULL},
        {"YIBAO_CORS_ORIGINS", "https://a.example,HTTP://b.example", "YIBAO_CORS_ORIGINS"},
        {"YIBAO_SMS_GATEWAY", "file:/tmp/sms", "YIBAO_SMS_GATEWAY"},
        {"YIBAO_SMS_GATEWAY", "https://sms.example/", "YIBAO_SMS_KEY_FILE"},
        {"DATABASE_URL", "", "DATABASE_URL"},
        {"DATABASE_URL", "postgresql:///yibao", NULL},
        {"DATABASE_URL", "postgresql://web@127.0.0.1,localhost,[::1]/yibao", NULL},
        {"DATABASE_URL", "host=db.example hostaddr=127.0.0.1", NULL},
        {"DATABASE_URL", "postgresql://web@db.example/yibao?sslmode=verify-full", NULL},
        {"DATABASE_URL", "host=db.example gssencmode=require", NULL},
        {"DATABASE_URL", "postgresql://web@db.example/yibao", "sslmode=verify-full"},
        {"DATABASE_URL", "postgresql://web@localhost,db.example/yibao", "sslmode=verify-full"},
        {"DATABASE_URL", "host=127.0.0.1 hostaddr=192.0.2.1", "sslmode=verify-full"},
        {"DATABASE_URL", "host=db.example sslmode=require", "sslmode=verify-full"},
        {"DATABASE_URL", "host=db.example sslmode=verify-ca", "sslmode=verify-full"},
        {"DATABASE_URL", "postgresql://web:s3cret@/yibao", "YIBAO_DATABASE_PASSWORD_FILE"},
        {"DATABASE_URL", "password=s3cret", "YIBAO_DATABASE_PASSWORD_FILE"},
        {"PGPASSWORD", "s3cret", "YIBAO_DATABASE_PASSWORD_FILE"},
        {"PGHOST", "db.example", NULL}, /* the string names a host */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config config;
        char line[500];
        clearenv();
        setenv("YIBAO_MODE", "production", 1);
        setenv("DATABASE_URL", "host=/run/postgresql", 1);
        setenv(cases[i].name, cases[i].value, 1);
        assert_true(config_read(&config));
        assert_true(config_is_production(&config));
        assert_int_equal(said(check_mode, &config, line), cases[i].complaint == NULL);
        if (cases[i].complaint == NULL)
            continue;
        assert_non_null(strstr(line, cases[i].complaint));
        assert_null(strstr(line, "s3cret"));
        assert_string_equal(strchr(line, '\n'), "\n");
    }
}

static void test_where_the_environment_leads(void **state)
{
    struct config config;
    char line[500];
    setenv("YIBAO_MODE", "production", 1);
    setenv("DATABASE_URL", "dbname=yibao", 1);
    setenv("PGHOST", "db.example", 1);
    assert_true(config_read(&config));
    assert_false(said(check_mode, &config, line));
    assert_non_null(strstr(line, "sslmode=verify-full"));
    setenv("PGSSLMODE", "verify-full", 1);
    assert_true(check_mode(&config));
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

static void test_the_proxy_answers_for_the_listeners(void **state)
{
    struct config config;
    setenv("YIBAO_OPS_LISTEN", "0.0.0.0:8081", 1);
    setenv("YIBAO_MODE", "production", 1);
    setenv("DATABASE_URL", "host=/run/postgresql", 1);
    setenv("YIBAO_LISTEN", "0.0.0.0:8080", 1);
    setenv("YIBAO_BEHIND_PROXY", "yes", 1);
    assert_true(config_read(&config));
    char line[500];
    assert_false(said(check_mode, &config, line));
    assert_non_null(strstr(line, "YIBAO_PROXY_ADDRESSES"));
    setenv("YIBAO_PROXY_ADDRESSES", "10.0.0.10", 1);
    assert_true(config_read(&config));
    assert_true(config_check_mode(&config));
}

static void test_the_test_clock_must_be_an_instant(void **state)
{
    struct config config;
    char line[500];
    setenv("YIBAO_TEST_CLOCK", "2026-02-30T00:00:00Z", 1);
    assert_true(config_read(&config));
    assert_false(said(check_mode, &config, line));
    assert_non_null(strstr(line, "YIBAO_TEST_CLOCK"));
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
        cmocka_unit_test_setup(test_production_mode, clear_environment),
        cmocka_unit_test_setup(test_where_the_environment_leads, clear_environment),
        cmocka_unit_test_setup(test_a_password_has_one_place, clear_environment),
        cmocka_unit_test_setup(test_the_proxy_answers_for_the_listeners, clear_environment),
        cmocka_unit_test_setup(test_the_test_clock_must_be_an_instant, clear_environment),
        cmocka_unit_test_setup(test_passwords_are_not_shown, clear_environment),
        cmocka_unit_test_setup(test_help_names_every_setting, clear_environment),
        cmocka_unit_test_setup(test_the_documentation_agrees, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
