/* server/http/steps.c: work that nobody waits for any more, and work that finds no room. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=lanes_submit,--wrap=lanes_cancel */
#include "stepping.h"

static sem_t begun, gate;

static enum problem bind_slow_work(struct request *request, struct call *call)
{
    struct secret *secret = give_secret(request);
    secret->begun = &begun;
    secret->gate = &gate;
    return PROBLEM_NONE;
}

/* One that runs until its gate opens, on the only thread. */
static struct exchange *ask_slow(void)
{
    static const struct handler handler = {.bind = bind_slow_work, .work = reverse, .render = render};
    sem_init(&begun, 0, 0);
    sem_init(&gate, 0, 0);
    struct exchange *exchange = ask(&handler);
    sem_wait(&begun);
    return exchange;
}

static void test_memory_stays_while_work_runs_for_a_client_that_has_left(void **state)
{
    struct exchange *exchange = ask_slow();
    exchange_close(exchange);
    assert_int_equal(closed, 0);
    sem_post(&gate);
    turn();
    assert_int_equal(closed, 1);
    assert_int_equal(answered + cancelled, 0);
    assert_string_equal(course, "");
}

static void test_work_that_waits_is_withdrawn_when_its_client_leaves(void **state)
{
    const struct handler handler = {.bind = bind_work, .work = reverse, .render = render};
    struct exchange *slow = ask_slow();
    struct exchange *exchange = ask(&handler);
    exchange_close(exchange);
    assert_int_equal(closed, 1);
    assert_int_equal(inbox.outstanding, 1);
    sem_post(&gate);
    turn();
    exchange_close(slow);
}

static void test_a_deadline_answers_while_the_work_runs_on(void **state)
{
    struct exchange *exchange = ask_slow();
    exchange_abort(exchange, PROBLEM_DEADLINE_EXCEEDED);
    assert_int_equal(exchange->reply.status, 503);
    assert_int_equal(answered, 1);
    sem_post(&gate);
    turn();
    assert_int_equal(answered, 1);
    assert_int_equal(closed, 0);
    exchange_close(exchange);
    assert_int_equal(closed, 1);
}

static void test_a_deadline_whose_answer_has_left_before_the_work_is_done(void **state)
{
    struct exchange *exchange = ask_slow();
    exchange_abort(exchange, PROBLEM_DEADLINE_EXCEEDED);
    exchange_close(exchange);
    assert_int_equal(closed, 0);
    sem_post(&gate);
    turn();
    assert_int_equal(closed, 1);
}

static void test_a_full_queue_is_overload(void **state)
{
    const struct handler handler = {.bind = bind_work, .work = reverse, .render = render};
    struct exchange *slow = ask_slow();
    struct exchange *waiting[LIMIT_WORK_QUEUE];
    for (size_t i = 0; i < COUNT_OF(waiting); i++)
        waiting[i] = ask(&handler);
    struct exchange *refused = ask(&handler);
    assert_int_equal(refused->reply.status, 503);
    assert_string_equal(header(refused, "Retry-After"), "1");
    assert_int_equal(answered, 0);
    exchange_close(refused);
    assert_int_equal(closed, 1);
    sem_post(&gate);
    turn();
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        assert_int_equal(waiting[i]->reply.status, 200);
        exchange_close(waiting[i]);
    }
    exchange_close(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_stays_while_work_runs_for_a_client_that_has_left),
        cmocka_unit_test(test_work_that_waits_is_withdrawn_when_its_client_leaves),
        cmocka_unit_test(test_a_deadline_answers_while_the_work_runs_on),
        cmocka_unit_test(test_a_deadline_whose_answer_has_left_before_the_work_is_done),
        cmocka_unit_test(test_a_full_queue_is_overload),
    };
    return cmocka_run_group_tests(tests, open_service, close_service);
}
