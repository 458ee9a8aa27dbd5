/* server/metrics.c, metrics_render.c, metrics_process.c: counting from many threads, and the exposition text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"
#include "server/metrics_gauge.h"
#include "tests/unit/harness.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char *rendered(void)
{
    struct text text;
    text_init(&text, LIMIT_METRICS_BYTES);
    metrics_render(&text);
    assert_false(text.failed);
    text_append_char(&text, '\0');
    return text.bytes;
}

/* The value of the sample with exactly this name and these labels; -1 when there is none. */
static int64_t sample(const char *name)
{
    char *all = rendered();
    char line[300];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(all, line);
    int64_t value = at == NULL ? -1 : strtoll(at + strlen(line), NULL, 10);
    free(all);
    return value;
}

#define BALANCE(suffix, more)                                                                                          \
    "yibaod_http_request_duration_seconds_" suffix                                                                     \
    "{operation=\"get_account_balance\",route=\"/v1/accounts/{account_id}/"                                            \
    "balance\",status=\"200\"" more "}"

static void test_requests(void **state)
{
    metrics_request(OPERATION_GET_ACCOUNT_BALANCE, 200, 500);
    metrics_request(OPERATION_GET_ACCOUNT_BALANCE, 200, 501);
    metrics_request(OPERATION_GET_ACCOUNT_BALANCE, 200, 60000000);
    metrics_request(OPERATION_NONE, 599, 10);
    assert_int_equal(sample(BALANCE("bucket", ",le=\"0.0005\"")), 1);
    assert_int_equal(sample(BALANCE("bucket", ",le=\"0.001\"")), 2);
    assert_int_equal(sample(BALANCE("bucket", ",le=\"10\"")), 2);
    assert_int_equal(sample(BALANCE("bucket", ",le=\"+Inf\"")), 3);
    assert_int_equal(sample(BALANCE("count", "")), 3);
    assert_int_equal(sample(BALANCE("sum", "")), 60);
    assert_int_equal(
        sample("yibaod_http_request_duration_seconds_count{operation=\"none\",route=\"unmatched\",status=\"other\"}"),
        1);
}

static void test_lanes(void **state)
{
    metrics_batch(LANE_WRITE, 1, 900);
    metrics_batch(LANE_WRITE, 3, 900);
    metrics_batch(LANE_WRITE, 128, 900);
    metrics_lane(LANE_WRITE, METRIC_LANE_DEFERRED);
    metrics_lane_waiting(LANE_WRITE, 5);
    metrics_lane_waiting(LANE_WRITE, -2);
    metrics_pg_connections(LANE_SLOW, 1);
    assert_int_equal(sample("yibaod_lane_batch_members_bucket{lane=\"write\",le=\"1\"}"), 1);
    assert_int_equal(sample("yibaod_lane_batch_members_bucket{lane=\"write\",le=\"4\"}"), 2);
    assert_int_equal(sample("yibaod_lane_batch_members_bucket{lane=\"write\",le=\"128\"}"), 3);
    assert_int_equal(sample("yibaod_lane_batch_members_sum{lane=\"write\"}"), 132);
    assert_int_equal(sample("yibaod_lane_batch_duration_seconds_count{lane=\"write\"}"), 3);
    assert_int_equal(sample("yibaod_lane_members_deferred_total{lane=\"write\"}"), 1);
    assert_int_equal(sample("yibaod_lane_waiting_requests{lane=\"write\"}"), 3);
    assert_int_equal(sample("yibaod_lane_waiting_requests{lane=\"read\"}"), 0);
    assert_int_equal(sample("yibaod_postgresql_connections{lane=\"slow\",state=\"ready\"}"), 1);
}

static void test_counters(void **state)
{
    metrics_start("1.2.3");
    metrics_count(METRIC_TOKEN_CACHE_HIT);
    metrics_add(METRIC_LOG_LINES_DROPPED, 7);
    metrics_guard_refused(GUARD_LENGTH_DUPLICATE);
    metrics_http_connections(2);
    metrics_http_connections(-1);
    assert_int_equal(sample("yibaod_token_cache_lookups_total{result=\"hit\"}"), 1);
    assert_int_equal(sample("yibaod_token_cache_lookups_total{result=\"miss\"}"), 0);
    assert_int_equal(sample("yibaod_log_lines_dropped_total"), 7);
    assert_int_equal(sample("yibaod_guard_refusals_total{reason=\"length_duplicate\"}"), 1);
    assert_int_equal(sample("yibaod_http_connections"), 1);
    assert_int_equal(sample("yibaod_build_info{version=\"1.2.3\"}"), 1);
    assert_true(sample("process_resident_memory_bytes") > 100000);
    assert_true(sample("process_open_fds") >= 3);
}

static void *count(void *argument)
{
    for (int i = 0; i < 20000; i++) {
        metrics_lane_waiting(LANE_READ, 1);
        metrics_count(METRIC_TOKEN_CACHE_MISS);
        metrics_request(OPERATION_NONE, 404, i);
        metrics_lane_waiting(LANE_READ, -1);
    }
    return argument;
}

static bool shows(const char *line)
{
    char *all = rendered();
    bool found = strstr(all, line) != NULL;
    free(all);
    return found;
}

static void test_gauges_are_shown_when_they_are_known(void **state)
{
    assert_false(shows("yibaod_outbox_oldest_seconds"));
    metrics_gauge_set(METRIC_GAUGE_OUTBOX_OLDEST, 1500000);
    metrics_gauge_set(METRIC_GAUGE_CLOCK_OFFSET, -250000);
    metrics_gauge_set(METRIC_GAUGE_SESSIONS, 40);
    assert_true(shows("\nyibaod_outbox_oldest_seconds 1.500\n"));
    assert_true(shows("\nyibaod_clock_offset_seconds -0.250\n"));
    assert_true(shows("\nyibaod_postgresql_sessions 40\n"));
    metrics_gauge_set(METRIC_GAUGE_OUTBOX_OLDEST, METRIC_UNKNOWN);
    assert_false(shows("yibaod_outbox_oldest_seconds"));
}

static void test_problems_of_our_own_are_shown_from_zero(void **state)
{
    assert_true(shows("\nyibaod_http_problems_total{code=\"outcome_unknown\"} 0\n"));
    assert_false(shows("yibaod_http_problems_total{code=\"not_found\"}"));
    metrics_problem(PROBLEM_NOT_FOUND);
    metrics_problem(PROBLEM_OUTCOME_UNKNOWN);
    assert_true(shows("\nyibaod_http_problems_total{code=\"not_found\"} 1\n"));
    assert_true(shows("\nyibaod_http_problems_total{code=\"outcome_unknown\"} 1\n"));
}

/* Scrapes run meanwhile; nothing is lost when the threads are gone, though what one added another took away. */
static void test_threads(void **state)
{
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
    for (int i = 0; i < 20; i++)
        free(rendered());
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(sample("yibaod_token_cache_lookups_total{result=\"miss\"}"), 80000);
    assert_int_equal(sample("yibaod_lane_waiting_requests{lane=\"read\"}"), 0);
    assert_int_equal(
        sample("yibaod_http_request_duration_seconds_count{operation=\"none\",route=\"unmatched\",status=\"404\"}"),
        80000);
}

/* Each family is announced once, before its samples, and each sample stands once. */
static void test_shape(void **state)
{
    char *all = rendered();
    char family[128] = "";
    char *rest = NULL;
    for (char *line = strtok_r(all, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *space = strrchr(line, ' ');
        assert_non_null(space);
        if (strncmp(line, "# HELP ", 7) == 0)
            snprintf(family, sizeof family, "%.*s", (int)strcspn(line + 7, " "), line + 7);
        else if (strncmp(line, "# TYPE ", 7) != 0)
            assert_memory_equal(line, family, strlen(family));
        else
            assert_memory_equal(line + 7, family, strlen(family));
    }
    free(all);
}

/* For promtool: `PRINT=FILE build/unit/server/test_metrics && promtool check metrics <FILE`. */
static void test_print(void **state)
{
    if (getenv("PRINT") == NULL)
        skip();
    char *all = rendered();
    FILE *file = fopen(getenv("PRINT"), "w");
    assert_non_null(file);
    fputs(all, file);
    fclose(file);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_gauges_are_shown_when_they_are_known),
        cmocka_unit_test(test_problems_of_our_own_are_shown_from_zero),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
