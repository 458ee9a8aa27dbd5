/* server/auth/rate_limit.c: quota, refill, header texts, a full table, many threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/rate_limit.h"
#include "tests/unit/harness.h"
#include <pthread.h>

#define S_US INT64_C(1000000)
#define START_US (1000 * S_US)

static struct rate_verdict take(struct rate_limit *limit, uint64_t key, int64_t now_us)
{
    struct rate_verdict verdict;
    rate_limit_take(limit, key, now_us, &verdict);
    return verdict;
}

static void test_burst_then_refusal(void **state)
{
    struct rate_limit *limit = rate_limit_open("principal", 600, 60);
    for (int i = 0; i < 600; i++) {
        struct rate_verdict verdict = take(limit, 7, START_US);
        assert_true(verdict.allowed);
        assert_int_equal(verdict.limit, 600);
        assert_int_equal(verdict.remaining, 599 - i);
        assert_int_equal(verdict.retry_after_s, 0);
    }
    struct rate_verdict refused = take(limit, 7, START_US);
    assert_false(refused.allowed);
    assert_int_equal(refused.remaining, 0);
    assert_int_equal(refused.reset_s, 60);
    assert_int_equal(refused.retry_after_s, 1);
    assert_true(take(limit, 8, START_US).allowed);
    rate_limit_close(limit);
}

/* A refused request costs nothing: whoever hammers is let in again at the same instant as whoever waits. */
static void test_refill(void **state)
{
    struct rate_limit *limit = rate_limit_open("principal", 60, 60);
    for (int i = 0; i < 60; i++)
        assert_true(take(limit, 7, START_US).allowed);
    for (int i = 0; i < 1000; i++)
        assert_false(take(limit, 7, START_US + S_US - 1).allowed);
    assert_true(take(limit, 7, START_US + S_US).allowed);
    assert_false(take(limit, 7, START_US + S_US).allowed);
    struct rate_verdict rested = take(limit, 7, START_US + 1000 * S_US);
    assert_int_equal(rested.remaining, 59);
    assert_int_equal(rested.reset_s, 1);
    rate_limit_close(limit);
}

static void test_retry_after_is_enough(void **state)
{
    struct rate_limit *limit = rate_limit_open("principal", 2, 60);
    assert_true(take(limit, 7, START_US).allowed);
    assert_true(take(limit, 7, START_US).allowed);
    int64_t wait_s = take(limit, 7, START_US).retry_after_s;
    assert_int_equal(wait_s, 30);
    assert_true(take(limit, 7, START_US + wait_s * S_US).allowed);
    rate_limit_close(limit);
}

static void test_quotas_that_do_not_divide(void **state)
{
    static const int64_t quotas[] = {1, 7, 70, 601, 999983};
    for (size_t i = 0; i < COUNT_OF(quotas); i++) {
        struct rate_limit *limit = rate_limit_open("principal", quotas[i], 60);
        int64_t allowed = 0;
        while (take(limit, 7, START_US).allowed)
            allowed++;
        assert_int_equal(allowed, quotas[i]);
        rate_limit_close(limit);
    }
}

static void test_texts(void **state)
{
    struct rate_limit *limit = rate_limit_open("principal", 600, 60);
    char text[RATE_LIMIT_HEADER_BYTES];
    struct rate_verdict verdict = {.remaining = 599, .reset_s = 12};
    assert_string_equal(rate_limit_policy_text(limit), "\"principal\";q=600;w=60");
    rate_limit_text(limit, &verdict, text);
    assert_string_equal(text, "\"principal\";r=599;t=12");
    rate_limit_close(limit);
}

static void test_keys(void **state)
{
    struct rate_limit *a = rate_limit_open("a", 600, 60);
    struct rate_limit *b = rate_limit_open("b", 600, 60);
    struct uuid one = {{1}};
    struct uuid two = {{2}};
    assert_true(rate_limit_key_of_principal(a, one) == rate_limit_key_of_principal(a, one));
    assert_true(rate_limit_key_of_principal(a, one) != rate_limit_key_of_principal(a, two));
    assert_true(rate_limit_key_of_principal(a, one) != rate_limit_key_of_principal(b, one));
    rate_limit_close(a);
    rate_limit_close(b);
}

static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

/* A caller who is refused stays refused, and newcomers are served, though ten times the table's keys come by. */
static void test_full_table(void **state)
{
    struct rate_limit *limit = rate_limit_open("address", 60, 60);
    for (int i = 0; i < 60; i++)
        assert_true(take(limit, 7, START_US).allowed);
    for (uint64_t i = 1; i <= 10 * RATE_LIMIT_KEYS; i++)
        assert_true(take(limit, mixed(i), START_US).allowed);
    assert_false(take(limit, 7, START_US).allowed);
    rate_limit_close(limit);
}

struct hammer {
    struct rate_limit *limit;
    int64_t allowed;
};

static void *hammer(void *argument)
{
    struct hammer *own = argument;
    for (int i = 0; i < 50000; i++) {
        struct rate_verdict verdict;
        rate_limit_take(own->limit, 7, START_US, &verdict);
        own->allowed += verdict.allowed;
        rate_limit_take(own->limit, mixed((uint64_t)i), START_US, &verdict);
    }
    return NULL;
}

static void test_threads_share_one_quota(void **state)
{
    struct rate_limit *limit = rate_limit_open("principal", 10000, 60);
    struct hammer hammers[4];
    pthread_t threads[4];
    int64_t allowed = 0;
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        hammers[i] = (struct hammer){.limit = limit};
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &hammers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        allowed += hammers[i].allowed;
    }
    assert_int_equal(allowed, 10000);
    rate_limit_close(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_then_refusal),
        cmocka_unit_test(test_refill),
        cmocka_unit_test(test_retry_after_is_enough),
        cmocka_unit_test(test_quotas_that_do_not_divide),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_full_table),
        cmocka_unit_test(test_threads_share_one_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
