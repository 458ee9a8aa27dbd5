/* server/log.c: lines, levels, and what happens when the buffer is full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log.h"
#include "tests/unit/harness.h"
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char captured[300000];

/* Runs log_flush with standard error going into a file, and returns what it wrote. */
static const char *flush_captured(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    log_flush();
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t length = pread(fileno(file), captured, sizeof(captured) - 1, 0);
    fclose(file);
    assert_true(length >= 0);
    captured[length] = 0;
    return captured;
}

static void test_one_line(void **state)
{
    LOG(LOG_INFO, "request_done", LOG_TEXT("route", SPAN("/v1/\"x\"\n")), LOG_INT("status", 200));
    const char *line = flush_captured();
    assert_non_null(strchr(line, '\n'));
    assert_string_equal(strchr(line, '\n'), "\n");
    json_t *read = json_loads(line, 0, NULL);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_object_get(read, "level")), "info");
    assert_string_equal(json_string_value(json_object_get(read, "event")), "request_done");
    assert_string_equal(json_string_value(json_object_get(read, "route")), "/v1/\"x\"\n");
    assert_int_equal(json_integer_value(json_object_get(read, "status")), 200);
    assert_int_equal(strlen(json_string_value(json_object_get(read, "at"))), 32);
    assert_null(json_object_get(read, "dropped"));
    json_decref(read);
    assert_string_equal(flush_captured(), "");
}

static void test_levels(void **state)
{
    LOG(LOG_DEBUG, "hidden");
    assert_string_equal(flush_captured(), "");
    log_set_level(LOG_DEBUG);
    LOG(LOG_DEBUG, "shown");
    assert_non_null(strstr(flush_captured(), "\"level\":\"debug\""));
    log_set_level(LOG_ERROR);
    LOG(LOG_WARNING, "hidden");
    assert_string_equal(flush_captured(), "");
    LOG(LOG_ERROR, "shown");
    assert_non_null(strstr(flush_captured(), "\"level\":\"error\""));
    log_set_level_named("warning");
    log_set_level_named("nothing");
    LOG(LOG_INFO, "hidden");
    LOG(LOG_WARNING, "shown");
    const char *lines = flush_captured();
    assert_non_null(strstr(lines, "\"level\":\"warning\""));
    assert_null(strstr(lines, "hidden"));
    log_set_level(LOG_INFO);
}

static void test_overflow_is_counted(void **state)
{
    static char filling[3000];
    memset(filling, 'x', sizeof(filling) - 1);
    for (int i = 0; i < 100; i++)
        LOG(LOG_INFO, "filling", LOG_TEXT("text", span_of(filling)));
    const char *lines = flush_captured();
    int count = 0;
    for (const char *line = lines; *line != 0; line = strchr(line, '\n') + 1) {
        assert_non_null(strchr(line, '\n'));
        count++;
    }
    assert_in_range(count, 20, 22);
    LOG(LOG_INFO, "after");
    json_t *read = json_loads(flush_captured(), 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(read, "dropped")), 100 - count);
    json_decref(read);
    LOG(LOG_INFO, "later");
    assert_null(strstr(flush_captured(), "dropped"));
}

static void *log_elsewhere(void *unused)
{
    (void)unused;
    LOG(LOG_INFO, "elsewhere");
    return NULL;
}

static void test_each_thread_has_its_own_buffer(void **state)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, log_elsewhere, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(flush_captured(), "");
}

static void test_a_closed_standard_error_does_no_harm(void **state)
{
    int saved = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    LOG(LOG_INFO, "nobody_reads");
    log_flush();
    dup2(saved, STDERR_FILENO);
    close(saved);
    LOG(LOG_INFO, "somebody_reads");
    assert_non_null(strstr(flush_captured(), "\"dropped\":1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_overflow_is_counted),
        cmocka_unit_test(test_each_thread_has_its_own_buffer),
        cmocka_unit_test(test_a_closed_standard_error_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
