/* server/http/health.c: live, ready, and what is said of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/health.h"
#include "tests/unit/harness.h"

#define NOW_US INT64_C(1000000000)

static void ping_all(struct health *health, int64_t now_us)
{
    for (unsigned reactor = 0; reactor < 2; reactor++) {
        health_turn(health, reactor, now_us);
        for (int lane = 0; lane < LANES_OF_PRIMARY; lane++)
            health_ping(health, reactor, (enum lane)lane, now_us);
    }
}

static void test_starting_until_every_lane_has_answered(void **state)
{
    struct health *health = health_open(2);
    assert_int_equal(health_state(health, NOW_US), HEALTH_STARTING);
    assert_true(health_is_live(health, NOW_US));
    for (unsigned reactor = 0; reactor < 2; reactor++)
        for (int lane = 0; lane < LANES_OF_PRIMARY; lane++) {
            assert_int_equal(health_state(health, NOW_US), HEALTH_STARTING);
            health_ping(health, reactor, (enum lane)lane, NOW_US);
        }
    assert_int_equal(health_state(health, NOW_US), HEALTH_READY);
    health_close(health);
}

static void test_not_ready_three_seconds_after_the_last_answer(void **state)
{
    struct health *health = health_open(2);
    ping_all(health, NOW_US);
    int64_t later_us = NOW_US + HEALTH_PING_AGE_MAX_US;
    assert_int_equal(health_state(health, later_us - 1), HEALTH_READY);
    assert_int_equal(health_state(health, later_us), HEALTH_DEGRADED);
    ping_all(health, later_us);
    assert_int_equal(health_state(health, later_us), HEALTH_READY);
    health_ping(health, 1, LANE_SLOW, NOW_US);
    assert_int_equal(health_state(health, later_us), HEALTH_DEGRADED);
    health_close(health);
}

static void test_a_stuck_reactor_is_not_live(void **state)
{
    struct health *health = health_open(2);
    ping_all(health, NOW_US);
    int64_t later_us = NOW_US + HEALTH_TURN_AGE_MAX_US + 1;
    health_turn(health, 0, later_us);
    assert_false(health_is_live(health, later_us));
    health_turn(health, 1, later_us);
    assert_true(health_is_live(health, later_us));
    health_close(health);
}

static void test_stopping(void **state)
{
    struct health *health = health_open(2);
    ping_all(health, NOW_US);
    health_stop(health);
    assert_int_equal(health_state(health, NOW_US), HEALTH_STOPPING);
    assert_true(health_is_live(health, NOW_US));
    health_close(health);
}

static void test_what_it_says(void **state)
{
    struct health *health = health_open(2);
    struct text text;
    text_init(&text, 4096);
    health_write_ready(health, NOW_US, &text);
    assert_span_equal(text_span(&text),
                      "{\"status\":\"starting\",\"checks\":{\"reactors\":{\"status\":\"pass\",\"oldest_turn_ms\":0},"
                      "\"postgresql_read\":{\"status\":\"fail\",\"oldest_answer_ms\":null},"
                      "\"postgresql_write\":{\"status\":\"fail\",\"oldest_answer_ms\":null},"
                      "\"postgresql_slow\":{\"status\":\"fail\",\"oldest_answer_ms\":null}}}");
    text_clear(&text);
    ping_all(health, NOW_US - 120000);
    health_write_ready(health, NOW_US, &text);
    assert_span_equal(text_span(&text),
                      "{\"status\":\"ready\",\"checks\":{\"reactors\":{\"status\":\"pass\",\"oldest_turn_ms\":120},"
                      "\"postgresql_read\":{\"status\":\"pass\",\"oldest_answer_ms\":120},"
                      "\"postgresql_write\":{\"status\":\"pass\",\"oldest_answer_ms\":120},"
                      "\"postgresql_slow\":{\"status\":\"pass\",\"oldest_answer_ms\":120}}}");
    text_clear(&text);
    health_write_live(health, NOW_US, &text);
    assert_span_equal(text_span(&text),
                      "{\"status\":\"live\",\"checks\":{\"reactors\":{\"status\":\"pass\",\"oldest_turn_ms\":120}}}");
    text_fini(&text);
    health_close(health);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starting_until_every_lane_has_answered),
        cmocka_unit_test(test_not_ready_three_seconds_after_the_last_answer),
        cmocka_unit_test(test_a_stuck_reactor_is_not_live),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
