/* server/http/steps.c: bind, work, rows, proceed and render in their order, and what becomes of work nobody waits for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=lanes_submit,--wrap=lanes_cancel */
#include "server/clock.h"
#include "server/http/exchange.h"
#include "server/work/work_inbox.h"
#include "tests/unit/harness.h"
#include <netinet/in.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

bool __wrap_lanes_submit(struct lanes *lanes, struct task *task);
void __wrap_lanes_cancel(struct lanes *lanes, struct task *task);

static unsigned cancelled, answered, closed;
static char course[200]; /* what happened, in its order; what finds no room is dropped */

static void note(const char *what)
{
    size_t length = strlen(course);
    snprintf(course + length, sizeof course - length, "%s ", what);
}

static void note_call(const struct task *task)
{
    note(task->before != NULL ? "ask-with-look" : "ask");
    note(statement_infos[task->call.statement].name);
}

bool __wrap_lanes_submit(struct lanes *lanes, struct task *task)
{
    note_call(task);
    return true;
}

void __wrap_lanes_cancel(struct lanes *lanes, struct task *task)
{
    cancelled++;
}

static void count_answer(struct exchange_context *context, struct exchange *exchange)
{
    answered++;
}

static struct service service;
static struct work_inbox inbox;
static struct exchange_context context = {.service = &service, .inbox = &inbox, .answered = count_answer};
static int epoll_fd;

static int open_service(void **state)
{
    service.rate_by_principal = rate_limit_open("principal", 1000, 60);
    service.rate_by_address = rate_limit_open("address", 1000, 60);
    service.work_pool = work_pool_open(1);
    epoll_fd = epoll_create1(0);
    return service.work_pool == NULL || !work_inbox_open(&inbox, epoll_fd);
}

static int close_service(void **state)
{
    work_inbox_close(&inbox);
    close(epoll_fd);
    work_pool_close(service.work_pool);
    rate_limit_close(service.rate_by_principal);
    rate_limit_close(service.rate_by_address);
    return 0;
}

static void turn(void)
{
    struct epoll_event event;
    while (inbox.outstanding > 0) {
        assert_int_equal(epoll_wait(epoll_fd, &event, 1, 60000), 1);
        inbox.source.ready(&inbox.source, event.events);
    }
}

static void count_close(void *object)
{
    closed++;
}

/* A public operation whose header has come, with this handler in place of its own. */
static struct exchange *ask(const struct handler *handler)
{
    static struct operation_info operation;
    const struct guard_header headers[] = {{SPAN("Host"), SPAN("localhost")}};
    const struct guard_input head = {.method = SPAN("GET"),
                                     .target = SPAN("/v1/regions"),
                                     .version = SPAN("HTTP/1.1"),
                                     .headers = headers,
                                     .headers_count = 1};
    const struct sockaddr_in peer = {.sin_family = AF_INET};
    struct exchange *exchange = exchange_open(&context, head.target, clock_monotonic_us());
    assert_non_null(exchange);
    exchange_head(exchange, &head, (const struct sockaddr *)&peer);
    operation = *exchange->operation;
    operation.handler = handler;
    exchange->operation = &operation;
    assert_true(arena_defer(exchange->arena, count_close, NULL));
    cancelled = answered = closed = 0;
    course[0] = '\0';
    exchange_start(exchange);
    return exchange;
}

static void rows_come(struct exchange *exchange)
{
    const struct rows rows = {.statement = exchange->task.call.statement};
    assert_int_equal(exchange->stage, EXCHANGE_ROWS);
    exchange->task.done(&exchange->task, TASK_DONE, &rows);
}

/* --- handlers --- */

struct secret {
    char bytes[4];
    sem_t *begun, *gate;
};

static void reverse(void *state)
{
    struct secret *secret = state;
    if (secret->begun != NULL)
        sem_post(secret->begun);
    if (secret->gate != NULL)
        sem_wait(secret->gate);
    for (int i = 0; i < 2; i++) {
        char first = secret->bytes[i];
        secret->bytes[i] = secret->bytes[3 - i];
        secret->bytes[3 - i] = first;
    }
}

static struct secret *give_secret(struct request *request)
{
    struct secret *secret = arena_alloc(request->arena, sizeof *secret);
    assert_non_null(secret);
    memcpy(secret->bytes, "abcd", 4);
    request->state = secret;
    request->work = true;
    return secret;
}

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

static enum problem bind_work(struct request *request, struct call *call)
{
    note("bind");
    give_secret(request);
    return PROBLEM_NONE;
}

static sem_t begun, gate;

static enum problem bind_slow_work(struct request *request, struct call *call)
{
    struct secret *secret = give_secret(request);
    secret->begun = &begun;
    secret->gate = &gate;
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

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    note("render");
    note(rows->statement == STATEMENT_NONE ? "nothing" : statement_infos[rows->statement].name);
    text_append_span(&reply->body, SPAN("{}"));
    return PROBLEM_NONE;
}

/* --- tests --- */

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

static const char *header(const struct exchange *exchange, const char *name)
{
    const char *found = NULL;
    for (unsigned i = 0; i < exchange->reply.headers_count; i++) {
        if (strcmp(exchange->reply.headers[i].name, name) != 0)
            continue;
        assert_null(found);
        found = exchange->reply.headers[i].value;
    }
    return found;
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
        cmocka_unit_test(test_without_steps_it_is_bind_and_render),
        cmocka_unit_test(test_work_comes_before_the_call_and_changes_its_bytes),
        cmocka_unit_test(test_work_alone_is_a_result_without_rows),
        cmocka_unit_test(test_proceed_is_asked_after_every_result),
        cmocka_unit_test(test_a_handler_says_how_long_to_wait),
        cmocka_unit_test(test_memory_stays_while_work_runs_for_a_client_that_has_left),
        cmocka_unit_test(test_work_that_waits_is_withdrawn_when_its_client_leaves),
        cmocka_unit_test(test_a_deadline_answers_while_the_work_runs_on),
        cmocka_unit_test(test_a_deadline_whose_answer_has_left_before_the_work_is_done),
        cmocka_unit_test(test_a_full_queue_is_overload),
    };
    return cmocka_run_group_tests(tests, open_service, close_service);
}
