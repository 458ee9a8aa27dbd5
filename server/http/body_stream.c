/* Permits, counts and stores a streamed body piece by piece. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/body_stream.h"
#include "server/clock.h"
#include "server/http/arguments.h"
#include "server/http/authenticate.h"
#include "server/http/steps.h"

static void close_stream(void *object)
{
    struct body_stream *stream = object;
    if (stream->file == NULL)
        return;
    stream->exchange->context->uploads--;
    spool_file_close(stream->file, stream->upload.is_kept);
}

void body_stream_begin(struct exchange *exchange)
{
    struct body_stream *stream = arena_alloc(exchange->arena, sizeof *stream);
    if (stream == NULL || !arena_defer(exchange->arena, close_stream, stream)) {
        exchange->refusal = PROBLEM_INTERNAL_ERROR;
        return;
    }
    stream->exchange = exchange;
    stream->window_since_us = exchange->header_us;
    stream->upload.media = exchange->body_media;
    exchange->stream = stream;
    exchange->request.upload = &stream->upload;
}

static void refuse(struct exchange *exchange, enum problem problem)
{
    exchange->stream->state = BODY_STREAM_ENDED;
    exchange->refusal = problem;
    exchange->closes = true;
}

static enum problem create_file(struct body_stream *stream, const struct spool *spool)
{
    enum { PATH_BYTES = 4096 };
    char path[PATH_BYTES];
    struct upload *upload = &stream->upload;
    if (spool == NULL)
        return PROBLEM_STORAGE_FULL;
    upload->id = uuid_make(uuid_random_key());
    upload->spool_id = spool_id(spool);
    spool_path(spool, upload->id, path, sizeof path);
    upload->path = arena_copy(stream->exchange->arena, span_of(path));
    stream->file = upload->path == NULL ? NULL : spool_file_create(spool, upload->id);
    return stream->file == NULL ? PROBLEM_STORAGE_FULL : PROBLEM_NONE;
}

/* Before the first byte is kept, everything is asked that the header can answer. */
static void open_file(struct exchange *exchange)
{
    struct body_stream *stream = exchange->stream;
    enum problem problem = authenticate_permit(exchange);
    if (problem == PROBLEM_NONE)
        problem = arguments_read(&exchange->request, &exchange->route);
    if (problem == PROBLEM_NONE && exchange->context->uploads >= LIMIT_UPLOADS)
        problem = PROBLEM_OVERLOADED;
    if (problem == PROBLEM_NONE)
        problem = create_file(stream, exchange->context->service->spool);
    if (problem != PROBLEM_NONE) {
        refuse(exchange, problem);
        return;
    }
    exchange->context->uploads++;
    stream->state = BODY_STREAM_OPEN;
    stream->window_since_us = clock_monotonic_us();
}

static void go_on(struct exchange *exchange)
{
    exchange->stage = EXCHANGE_BODY;
    exchange->context->answered(exchange->context, exchange);
}

static void token_came(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct exchange *exchange = (struct exchange *)task;
    enum problem problem = steps_problem_of(outcome);
    if (problem == PROBLEM_NONE)
        problem = authenticate_take_rows(exchange, rows);
    if (problem == PROBLEM_NONE)
        open_file(exchange);
    else
        refuse(exchange, problem);
    go_on(exchange);
}

static void ask(struct exchange *exchange)
{
    exchange->task.done = token_came;
    exchange->task.lane = LANE_READ;
    exchange->stage = EXCHANGE_TOKEN;
    exchange->stream->state = BODY_STREAM_ASKS;
    if (lanes_submit(exchange->context->lanes, &exchange->task))
        return;
    exchange->stage = EXCHANGE_BODY;
    refuse(exchange, PROBLEM_OVERLOADED);
}

static void identify(struct exchange *exchange)
{
    switch (authenticate_begin(exchange)) {
    case AUTHENTICATE_KNOWN:
        open_file(exchange);
        return;
    case AUTHENTICATE_ASK:
        ask(exchange);
        return;
    case AUTHENTICATE_REFUSED:
        refuse(exchange, PROBLEM_UNAUTHENTICATED);
        return;
    case AUTHENTICATE_FAILED:
        refuse(exchange, PROBLEM_INTERNAL_ERROR);
        return;
    }
}

static void store(struct exchange *exchange, struct span bytes)
{
    struct body_stream *stream = exchange->stream;
    stream->upload.bytes += bytes.length;
    stream->window_bytes += bytes.length;
    if (stream->upload.bytes > exchange->operation->body_limit_bytes)
        refuse(exchange, PROBLEM_BODY_TOO_LARGE);
    else if (!spool_file_append(stream->file, bytes))
        refuse(exchange, PROBLEM_STORAGE_FULL);
}

bool body_stream_take(struct exchange *exchange, struct span bytes)
{
    if (exchange->stream->state == BODY_STREAM_NEW)
        identify(exchange);
    switch (exchange->stream->state) {
    case BODY_STREAM_OPEN:
        store(exchange, bytes);
        break;
    case BODY_STREAM_ASKS:
        return false;
    case BODY_STREAM_NEW:
    case BODY_STREAM_ENDED:
        break;
    }
    exchange->body_read_bytes += bytes.length;
    return true;
}

bool body_stream_end(struct exchange *exchange)
{
    struct body_stream *stream = exchange->stream;
    if (stream == NULL)
        return false;
    exchange->deadline_from_us = exchange->body_us;
    if (stream->state != BODY_STREAM_OPEN)
        return false;
    stream->state = BODY_STREAM_ENDED;
    if (!spool_file_finish(stream->file))
        refuse(exchange, PROBLEM_STORAGE_FULL);
    return exchange->refusal == PROBLEM_NONE;
}

bool body_stream_abort(struct exchange *exchange, enum problem problem)
{
    if (exchange->stream == NULL || exchange->stream->state != BODY_STREAM_ASKS)
        return false;
    steps_leave(exchange);
    refuse(exchange, problem);
    go_on(exchange);
    return true;
}

bool body_stream_is_stalled(struct exchange *exchange, int64_t now_us)
{
    struct body_stream *stream = exchange->stream;
    int64_t window_s = exchange->context->service->config->body_timeout_s;
    if (now_us - stream->window_since_us < window_s * 1000000)
        return false;
    bool is_stalled = stream->window_bytes < (size_t)window_s * LIMIT_STREAM_BYTES_PER_S;
    stream->window_since_us = now_us;
    stream->window_bytes = 0;
    return is_stalled;
}
