/* Takes a request through the steps of its handler: bind, work, rows, proceed, render. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/steps.h"
#include "server/http/look.h"
#include <assert.h>

static const struct rows no_rows = {.statement = STATEMENT_NONE};

enum problem steps_problem_of(enum task_outcome outcome)
{
    switch (outcome) {
    case TASK_DONE:
        return PROBLEM_NONE;
    case TASK_UNAVAILABLE:
        return PROBLEM_DATABASE_UNAVAILABLE;
    case TASK_TIMED_OUT:
        return PROBLEM_DEADLINE_EXCEEDED;
    case TASK_UNKNOWN:
        return PROBLEM_OUTCOME_UNKNOWN;
    case TASK_FAILED:
        return PROBLEM_INTERNAL_ERROR;
    }
    __builtin_unreachable();
}

static void wait_or_refuse(struct exchange *exchange, bool taken, enum exchange_stage stage)
{
    exchange->stage = taken ? stage : EXCHANGE_BODY;
    exchange->waited |= taken;
    if (taken && stage == EXCHANGE_WORK)
        exchange->works_count++;
    else if (taken)
        exchange->calls_count++;
    if (!taken)
        exchange_answer_problem(exchange, PROBLEM_OVERLOADED);
}

void steps_ask(struct exchange *exchange, enum exchange_stage stage)
{
    wait_or_refuse(exchange, lanes_submit(exchange->context->lanes, &exchange->task), stage);
}

void steps_leave(struct exchange *exchange)
{
    if (exchange->stage == EXCHANGE_TOKEN || exchange->stage == EXCHANGE_ROWS)
        lanes_cancel(exchange->context->lanes, &exchange->task);
    if (exchange->stage == EXCHANGE_WORK && work_withdraw(exchange->context->service->work_pool, &exchange->work))
        exchange->works = false;
}

/* What a handler has left out for want of memory is neither asked nor answered without it; nor is its judgement sound.
 */
static enum problem unless_exhausted(const struct exchange *exchange, enum problem problem)
{
    return arena_is_exhausted(exchange->arena) ? PROBLEM_INTERNAL_ERROR : problem;
}

static void render(struct exchange *exchange, const struct rows *rows)
{
    enum problem problem = exchange->operation->handler->render(&exchange->request, rows, &exchange->reply);
    if (problem == PROBLEM_NONE && exchange->reply.body.failed)
        problem = PROBLEM_INTERNAL_ERROR;
    problem = unless_exhausted(exchange, problem);
    if (problem == PROBLEM_NONE)
        exchange_answer(exchange);
    else
        exchange_answer_problem(exchange, problem);
}

static void go_on(struct exchange *exchange, const struct rows *rows);

/* A result is there: what does the handler make of it? */
static void result_came(struct exchange *exchange, const struct rows *rows)
{
    const struct handler *handler = exchange->operation->handler;
    assert(exchange->steps < LIMIT_STEPS);
    exchange->steps++;
    if (handler->proceed == NULL) {
        render(exchange, rows);
        return;
    }
    exchange->task.call.statement = STATEMENT_NONE;
    enum problem problem = unless_exhausted(exchange, handler->proceed(&exchange->request, rows, &exchange->task.call));
    if (problem == PROBLEM_NONE)
        go_on(exchange, rows);
    else
        exchange_answer_problem(exchange, problem);
}

static void rows_came(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct exchange *exchange = (struct exchange *)task;
    if (outcome == TASK_DONE)
        result_came(exchange, rows);
    else
        exchange_answer_problem(exchange, steps_problem_of(outcome));
}

/* A look is written down where it is answered: at the primary. */
static bool may_go_elsewhere(const struct exchange *exchange)
{
    return exchange->operation->on_replica && statement_infos[exchange->task.call.statement].on_replica &&
           exchange->task.before == NULL;
}

static void ask(struct exchange *exchange)
{
    struct task *task = &exchange->task;
    task->done = rows_came;
    task->lane = statement_infos[task->call.statement].lane;
    task->before = NULL;
    if (exchange->request.look)
        look_prepend(exchange);
    exchange->request.look = false;
    if (arena_is_exhausted(exchange->arena)) {
        exchange_answer_problem(exchange, PROBLEM_INTERNAL_ERROR);
        return;
    }
    task->is_dry_run = exchange->request.is_dry_run && statement_infos[task->call.statement].writes;
    if (task->is_dry_run)
        task->lane = LANE_SLOW;
    if (may_go_elsewhere(exchange) && lanes_have_replica(exchange->context->lanes))
        task->lane = LANE_REPLICA;
    steps_ask(exchange, EXCHANGE_ROWS);
}

/* On the reactor's thread. The exchange may have been answered meanwhile, or closed. */
static void work_came(struct work *work)
{
    struct exchange *exchange = (struct exchange *)((char *)work - offsetof(struct exchange, work));
    exchange->works = false;
    if (exchange->abandoned)
        arena_close(exchange->arena);
    else if (exchange->stage == EXCHANGE_WORK && work->failed)
        exchange_answer_problem(exchange, PROBLEM_INTERNAL_ERROR);
    else if (exchange->stage == EXCHANGE_WORK && exchange->task.call.statement != STATEMENT_NONE)
        ask(exchange);
    else if (exchange->stage == EXCHANGE_WORK)
        result_came(exchange, &no_rows);
}

static void go_to_work(struct exchange *exchange)
{
    const struct exchange_context *context = exchange->context;
    assert(exchange->operation->handler->work != NULL);
    exchange->request.work = false;
    exchange->work =
        (struct work){.run = exchange->operation->handler->work, .state = exchange->request.state, .done = work_came};
    exchange->works = work_submit(context->service->work_pool, context->inbox, &exchange->work);
    wait_or_refuse(exchange, exchange->works, EXCHANGE_WORK);
}

static void go_on(struct exchange *exchange, const struct rows *rows)
{
    if (exchange->request.work)
        go_to_work(exchange);
    else if (exchange->task.call.statement != STATEMENT_NONE)
        ask(exchange);
    else
        render(exchange, rows);
}

void steps_begin(struct exchange *exchange)
{
    exchange->task.call.statement = STATEMENT_NONE;
    enum problem problem =
        unless_exhausted(exchange, exchange->operation->handler->bind(&exchange->request, &exchange->task.call));
    if (problem == PROBLEM_NONE)
        go_on(exchange, &no_rows);
    else
        exchange_answer_problem(exchange, problem);
}
