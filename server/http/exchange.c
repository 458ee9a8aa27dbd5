/* The course of one request: header, body, token, rows, reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/exchange.h"
#include "server/clock.h"
#include "server/http/arguments.h"
#include "server/http/authenticate.h"
#include "server/http/body_stream.h"
#include "server/http/consent.h"
#include "server/http/finish.h"
#include "server/http/negotiate.h"
#include "server/http/problem.h"
#include "server/http/steps.h"
#include "server/metrics.h"

/* A request may hold a password, a reply a token. */
static void wipe_text(struct text *text)
{
    if (text->bytes != NULL)
        explicit_bzero(text->bytes, text->capacity);
    text_fini(text);
}

static void wipe(void *object)
{
    struct exchange *exchange = object;
    wipe_text(&exchange->body);
    wipe_text(&exchange->reply.body);
}

struct exchange *exchange_open(struct exchange_context *context, struct span target, int64_t now_us)
{
    struct arena *arena = arena_open();
    if (arena == NULL)
        return NULL;
    struct exchange *exchange = arena_alloc(arena, sizeof *exchange);
    char *copy = arena_copy(arena, target);
    if (exchange == NULL || copy == NULL || !arena_defer(arena, wipe, exchange)) {
        arena_close(arena);
        return NULL;
    }
    exchange->context = context;
    exchange->arena = arena;
    exchange->request.arena = arena;
    exchange->request.media = MEDIA_JSON;
    exchange->target = (struct span){.bytes = copy, .length = target.length};
    exchange->started_us = now_us;
    text_init(&exchange->reply.body, LIMIT_REPLY_BYTES);
    exchange->reply.status = 200;
    return exchange;
}

void exchange_close(struct exchange *exchange)
{
    steps_leave(exchange);
    exchange->context->bodies_bytes -= exchange->body.length;
    if (exchange->works)
        exchange->abandoned = true;
    else
        arena_close(exchange->arena);
}

void exchange_answer(struct exchange *exchange)
{
    exchange->stage = EXCHANGE_ANSWERED;
    finish_reply(exchange);
    if (exchange->waited)
        exchange->context->answered(exchange->context, exchange);
}

void exchange_answer_problem(struct exchange *exchange, enum problem problem)
{
    metrics_problem(problem);
    problem_render(&exchange->request, problem, &exchange->reply);
    if (exchange->reply.status == problem_infos[problem].status) /* else there was no memory to tell of it */
        finish_problem(exchange, problem);
    exchange_answer(exchange);
}

void exchange_abort(struct exchange *exchange, enum problem problem)
{
    if (body_stream_abort(exchange, problem))
        return;
    if (exchange->stage == EXCHANGE_ROWS && task_may_have_run(&exchange->task))
        problem = PROBLEM_OUTCOME_UNKNOWN;
    steps_leave(exchange);
    exchange->closes = true;
    exchange_answer_problem(exchange, problem);
}

void exchange_answered_elsewhere(struct exchange *exchange, unsigned status)
{
    steps_leave(exchange);
    exchange->stage = EXCHANGE_ANSWERED;
    exchange->reply.status = status;
    if (exchange->header_us == 0)
        exchange->header_us = clock_monotonic_us();
}

static void collect(struct exchange *exchange, struct span bytes)
{
    exchange->body_read_bytes += bytes.length;
    if (exchange->refusal != PROBLEM_NONE)
        return;
    /* OPTIONS belongs to no operation. */
    size_t limit_bytes = exchange->operation == NULL ? 0 : exchange->operation->body_limit_bytes;
    if (exchange->body_read_bytes > limit_bytes) {
        exchange->refusal = limit_bytes == 0 ? PROBLEM_UNSUPPORTED_MEDIA_TYPE : PROBLEM_BODY_TOO_LARGE;
        exchange->closes = true;
        return;
    }
    if (exchange->context->bodies_bytes + bytes.length > LIMIT_BODIES_BYTES) {
        exchange->refusal = PROBLEM_OVERLOADED;
        exchange->closes = true;
        return;
    }
    size_t before_bytes = exchange->body.length;
    text_append_span(&exchange->body, bytes);
    exchange->context->bodies_bytes += exchange->body.length - before_bytes;
}

bool exchange_body(struct exchange *exchange, struct span bytes)
{
    if (exchange->stream != NULL)
        return body_stream_take(exchange, bytes);
    collect(exchange, bytes);
    return true;
}

/* Who asks is known, or nobody needs to: check, then the handler. */
static void handle(struct exchange *exchange)
{
    enum problem problem = authenticate_permit(exchange);
    if (problem == PROBLEM_NONE)
        problem = arguments_read(&exchange->request, &exchange->route);
    if (problem != PROBLEM_NONE)
        exchange_answer_problem(exchange, problem);
    else if (consent_is_needed(exchange))
        consent_ask(exchange);
    else
        steps_begin(exchange);
}

static void token_came(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct exchange *exchange = (struct exchange *)task;
    enum problem problem = steps_problem_of(outcome);
    if (problem == PROBLEM_NONE)
        problem = authenticate_take_rows(exchange, rows);
    if (problem == PROBLEM_NONE)
        handle(exchange);
    else
        exchange_answer_problem(exchange, problem);
}

void exchange_start(struct exchange *exchange)
{
    bool is_permitted = body_stream_end(exchange);
    exchange->request.body = text_span(&exchange->body);
    if (exchange->refusal == PROBLEM_NONE && exchange->body.failed)
        exchange->refusal = PROBLEM_INTERNAL_ERROR;
    if (exchange->reply.status == 204) {
        exchange_answer(exchange); /* OPTIONS was answered from its header */
        return;
    }
    if (exchange->refusal != PROBLEM_NONE) {
        exchange_answer_problem(exchange, exchange->refusal);
        return;
    }
    if (is_permitted) {
        steps_begin(exchange);
        return;
    }
    switch (authenticate_begin(exchange)) {
    case AUTHENTICATE_KNOWN:
        handle(exchange);
        return;
    case AUTHENTICATE_ASK:
        exchange->task.done = token_came;
        exchange->task.lane = LANE_READ;
        steps_ask(exchange, EXCHANGE_TOKEN);
        return;
    case AUTHENTICATE_REFUSED:
        exchange_answer_problem(exchange, PROBLEM_UNAUTHENTICATED);
        return;
    case AUTHENTICATE_FAILED:
        exchange_answer_problem(exchange, PROBLEM_INTERNAL_ERROR);
        return;
    }
}
