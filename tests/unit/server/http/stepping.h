/* An operation whose handler a test gives, on a service without PostgreSQL that notes what happens in its order.
 * The test links with -Wl,--wrap=lanes_submit,--wrap=lanes_cancel. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
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

static inline void note(const char *what)
{
    size_t length = strlen(course);
    snprintf(course + length, sizeof course - length, "%s ", what);
}

static inline void note_call(const struct task *task)
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

static inline void count_answer(struct exchange_context *context, struct exchange *exchange)
{
    answered++;
}

static struct service service;
static struct work_inbox inbox;
static struct exchange_context context = {.service = &service, .inbox = &inbox, .answered = count_answer};
static int epoll_fd;

static inline int open_service(void **state)
{
    service.rate_by_principal = rate_limit_open("principal", 1000, 60);
    service.rate_by_address = rate_limit_open("address", 1000, 60);
    service.work_pool = work_pool_open(1);
    epoll_fd = epoll_create1(0);
    return service.work_pool == NULL || !work_inbox_open(&inbox, epoll_fd);
}

static inline int close_service(void **state)
{
    work_inbox_close(&inbox);
    close(epoll_fd);
    work_pool_close(service.work_pool);
    rate_limit_close(service.rate_by_principal);
    rate_limit_close(service.rate_by_address);
    return 0;
}

static inline void turn(void)
{
    struct epoll_event event;
    while (inbox.outstanding > 0) {
        assert_int_equal(epoll_wait(epoll_fd, &event, 1, 60000), 1);
        inbox.source.ready(&inbox.source, event.events);
    }
}

static inline void count_close(void *object)
{
    closed++;
}

/* A public operation whose header has come, with this handler in place of its own. */
static inline struct exchange *ask(const struct handler *handler)
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

static inline void rows_come(struct exchange *exchange)
{
    const struct rows rows = {.statement = exchange->task.call.statement};
    assert_int_equal(exchange->stage, EXCHANGE_ROWS);
    exchange->task.done(&exchange->task, TASK_DONE, &rows);
}

/* Four bytes that work turns round. */
struct secret {
    char bytes[4];
    sem_t *begun, *gate;
};

static inline bool reverse(void *state)
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
    return true;
}

static inline struct secret *give_secret(struct request *request)
{
    struct secret *secret = arena_alloc(request->arena, sizeof *secret);
    assert_non_null(secret);
    memcpy(secret->bytes, "abcd", 4);
    request->state = secret;
    request->work = true;
    return secret;
}

static inline enum problem bind_work(struct request *request, struct call *call)
{
    note("bind");
    give_secret(request);
    return PROBLEM_NONE;
}

static inline enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    note("render");
    note(rows->statement == STATEMENT_NONE ? "nothing" : statement_infos[rows->statement].name);
    text_append_span(&reply->body, SPAN("{}"));
    return PROBLEM_NONE;
}

static inline const char *header(const struct exchange *exchange, const char *name)
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
