/* A query string and header arguments, a line each, into the arguments of the operation that the first line names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/text.h"
#include "tests/fuzz/arguments_held.h"
#include "tests/fuzz/fuzz.h"

static bool is_any(const struct operation_info *info)
{
    return info->name != NULL;
}

static void encode(struct text *out, struct span plain)
{
    for (size_t i = 0; i < plain.length; i++)
        text_printf(out, "%%%02X", (unsigned char)plain.bytes[i]);
}

/* All that was taken, spelt in another way, is taken again. */
static void check_again(const struct request *request, const struct route *route)
{
    const struct operation_info *info = &operation_infos[request->operation];
    struct route unused;
    struct request *again = held_open(request->operation, &unused);
    struct text query;
    text_init(&query, 8 * LIMIT_QUERY_BYTES);
    for (int i = info->args_count - 1; i >= 0; i--) {
        if (info->args[i].place != ARG_QUERY || !request->args[i].present)
            continue;
        encode(&query, span_of(info->args[i].name));
        text_append_char(&query, '=');
        encode(&query, held_text(request->arena, &info->args[i], &request->args[i]));
        text_append_char(&query, '&');
    }
    memcpy(again->headers, request->headers, sizeof again->headers);
    again->query = text_span(&query);
    again->body = request->body;
    assert(!query.failed && arguments_read(again, route) == PROBLEM_NONE);
    assert(held_equal(request, again));
    text_fini(&query);
    held_close(again);
}

void fuzz_query(struct span input)
{
    struct route route;
    struct span name = fuzz_take_part(&input, '\n');
    struct request *request = held_open(held_choose(name, is_any), &route);
    const struct operation_info *info = &operation_infos[request->operation];
    request->query = fuzz_take_part(&input, '\n');
    for (unsigned i = 0; i < LIMIT_HEADER_ARGUMENTS; i++)
        request->headers[i] = fuzz_take_part(&input, '\n');
    if (info->body_limit_bytes > 0 && !info->streams_body)
        request->body = input.length == 0 ? SPAN("{}") : input;
    if (route.path_args_count > 0 && input.length > 0 && info->body_limit_bytes == 0)
        route.path_args[0] = input;
    if (request->query.length <= LIMIT_QUERY_BYTES) {
        enum problem problem = arguments_read(request, &route);
        held_check(request, problem);
        if (problem == PROBLEM_NONE)
            check_again(request, &route);
    }
    held_close(request);
}
