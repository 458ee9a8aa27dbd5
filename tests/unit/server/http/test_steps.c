/* server/http/steps.c: bind, work, rows, proceed and render in their order. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=lanes_submit,--wrap=lanes_cancel */
#include "stepping.h"

static enum problem bind_region(struct request *request, struct call *call)
{
    note("bind");
    assert_int_equal(call->statement, STATEMENT_NONE);
    call_init(call, STATEMENT_REGION_GET);
    return PROBLEM_NONE;
}

static enum problem bind_work_and_call(struct request *request, struct call *call)
{
    note("bind");
    const struct secret *secret = give_secret(request);
    call_init(call, STATEMENT_REGION_GET);
    call_text(call, REGION_GET_PARAM_REGION_CODE, (struct span){.bytes = secret->bytes, .length = 4});
    return PROBLEM_NONE;
}

static enum problem proceed_to_nothing(struct request *request, const struct rows *rows, struct call *call)
{
    note("proceed");
    note(rows->statement == STATEMENT_NONE ? "nothing" : statement_infos[rows->statement].name);
    return PROBLEM_NONE;
}

/* Rows of a region → work → (its end) → a look at an account → its rows are rendered. */
static enum problem proceed_by_steps(struct request *request, const struct rows *rows, struct call *call)
{
    proceed_to_nothing(request, rows, call);
    assert_int_equal(call->statement, STATEMENT_NONE);
    if (rows->statement == STATEMENT_REGION_GET) {
        give_secret(request);
    } else if (rows->statement == STATEMENT_NONE) {
        call_init(call, STATEMENT_ACCOUNT_BALANCE);
        request->look = true;
    }
    return PROBLEM_NONE;
}

static enum problem too_many(struct request *request, const struct rows *rows, struct reply *reply)
{
    reply_header(reply, "Retry-After", "77");
    reply_header(reply, "X-Other", "1");
    return PROBLEM_TOO_MANY_ATTEMPTS;
}

static void test_without_steps_it_is_bind_and_render(void **state)
{
    const struct handler handler = {.bind = bind_region, .render = render};
    struct exchange *exchange = ask(&handler);
    rows_come(exchange);
    assert_string_equal(course, "bind ask region_get render region_get ");
    assert_int_equal(exchange->reply.status, 200);
    exchange_close(exchange);
    assert_int_equal(closed, 1);
}

static void test_work_comes_before_the_call_and_changes_its_bytes(void **state)
{
    const struct handler handler = {.bind = bind_work_and_call, .work = reverse, .render = render};
    struct exchange *exchange = ask(&handler);
    assert_int_equal(exchange->stage, EXCHANGE_WORK);
    assert_string_equal(course, "bind ");
    turn();
    assert_string_equal(course, "bind ask region_get ");
    assert_memory_equal(exchange->task.call.values[REGION_GET_PARAM_REGION_CODE].bytes.bytes, "dcba", 4);
    rows_come(exchange);
    assert_int_equal(answered, 1);
    exchange_close(exchange);
    assert_int_equal(closed, 1);
}

static void test_work_alone_is_a_result_without_rows(void **state)
{
    const struct handler with_proceed = {
        .bind = bind_work, .work = reverse, .proceed = proceed_to_nothing, .render = render};
    struct exchange *exchange = ask(&with_proceed);
    turn();
    assert_string_equal(course, "bind proceed nothing render nothing ");
    assert_int_equal(answered, 1);
    exchange_close(exchange);
    const struct handler without = {.bind = bind_work, .work = reverse, .render = render};
    exchange = ask(&without);
    turn();
    assert_string_equal(course, "bind render nothing ");
    exchange_close(exchange);
}

static bool do_nothing(void *state)
{
    return false;
}

static void test_work_that_cannot_be_done_asks_nothing(void **state)
{
    const struct handler before_a_call = {.bind = bind_work_and_call, .work = do_nothing, .render = render};
    const struct handler alone = {
        .bind = bind_work, .work = do_nothing, .proceed = proceed_to_nothing, .render = render};
    const struct handler *handlers[] = {&before_a_call, &alone};
    for (size_t i = 0; i < COUNT_OF(handlers); i++) {
        struct exchange *exchange = ask(handlers[i]);
        turn();
        assert_string_equal(course, "bind ");
        assert_int_equal(exchange->reply.status, 500);
        assert_int_equal(answered, 1);
        exchange_close(exchange);
        assert_int_equal(closed, 1);
    }
}

static void test_proceed_is_asked_after_every_result(void **state)
{
    const struct handler handler = {
        .bind = bind_region, .work = reverse, .proceed = proceed_by_steps, .render = render};
    struct exchange *exchange = ask(&handler);
    rows_come(exchange);
    assert_int_equal(exchange->stage, EXCHANGE_WORK);
    turn();
    assert_int_equal(exchange->task.lane, LANE_SLOW);
    rows_come(exchange);
    assert_string_equal(course, "bind ask region_get proceed region_get proceed nothing ask-with-look account_balance "
                                "proceed account_balance render account_balance ");
    assert_int_equal(answered, 1);
    exchange_close(exchange);
    assert_int_equal(closed, 1);
}

static void test_a_handler_says_how_long_to_wait(void **state)
{
    const struct handler handler = {.bind = bind_region, .render = too_many};
    struct exchange *exchange = ask(&handler);
    rows_come(exchange);
    assert_int_equal(exchange->reply.status, 429);
    assert_string_equal(header(exchange, "Retry-After"), "77");
    assert_null(header(exchange, "X-Other"));
    exchange_close(exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_steps_it_is_bind_and_render),
        cmocka_unit_test(test_work_comes_before_the_call_and_changes_its_bytes),
        cmocka_unit_test(test_work_alone_is_a_result_without_rows),
        cmocka_unit_test(test_work_that_cannot_be_done_asks_nothing),
        cmocka_unit_test(test_proceed_is_asked_after_every_result),
        cmocka_unit_test(test_a_handler_says_how_long_to_wait),
    };
    return cmocka_run_group_tests(tests, open_service, close_service);
}
