/* server/config.c: the rules of production mode. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/configuring.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_production_mode, clear_environment),
        cmocka_unit_test_setup(test_where_the_environment_leads, clear_environment),
        cmocka_unit_test_setup(test_the_proxy_answers_for_the_listeners, clear_environment),
        cmocka_unit_test_setup(test_the_test_clock_must_be_an_instant, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
