/* A JSON body into the arguments of an operation: the first line names it, through the real generated tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/json_writer.h"
#include "tests/fuzz/arguments_held.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>

static bool takes_body(const struct operation_info *info)
{
    return info->body_limit_bytes > 0 && !info->streams_body;
}

static enum problem read_body(struct request *request, const struct route *route, struct span body)
{
    const struct operation_info *info = &operation_infos[request->operation];
    unsigned headers_count = 0;
    for (int i = 0; i < info->args_count; i++)
        if (info->args[i].place == ARG_HEADER)
            request->headers[headers_count++] = held_good_text(&info->args[i]);
    struct text query;
    text_init(&query, LIMIT_QUERY_BYTES);
    for (int i = 0; i < info->args_count; i++)
        if (info->args[i].place == ARG_QUERY && info->args[i].required) {
            text_printf(&query, "%s=", info->args[i].name);
            text_append_span(&query, held_good_text(&info->args[i]));
            text_append_char(&query, '&');
        }
    request->query = span_of(arena_copy(request->arena, query.length == 0 ? SPAN("") : text_span(&query)));
    text_fini(&query);
    request->body = body;
    return arguments_read(request, route);
}

static void write_value(struct json_writer *writer, struct arena *arena, const struct arg_info *info,
                        const struct arg *arg)
{
    if (info->type == ARG_INTEGER)
        json_int(writer, arg->number);
    else if (info->type == ARG_BOOLEAN)
        json_bool(writer, arg->number != 0);
    else if (info->type != ARG_TEXTS && info->type != ARG_OBJECTS)
        json_text(writer, held_text(arena, info, arg));
    else
        json_array_open(writer);
    for (size_t i = 0; info->type == ARG_TEXTS && i < arg->texts.count; i++)
        json_text(writer, arg->texts.items[i]);
    for (size_t i = 0; info->type == ARG_OBJECTS && i < arg->objects.count; i++) {
        json_object_open(writer);
        for (int f = 0; f < info->fields_count; f++) {
            const struct arg *value = &arg->objects.values[i * info->fields_count + (size_t)f];
            if (!value->present)
                continue;
            json_key(writer, info->fields[f].name);
            write_value(writer, arena, &info->fields[f], value);
        }
        json_object_close(writer);
    }
    if (info->type == ARG_TEXTS || info->type == ARG_OBJECTS)
        json_array_close(writer);
}

/* What was read, written again and read again, is the same. */
static void check_again(const struct request *request)
{
    const struct operation_info *info = &operation_infos[request->operation];
    struct text out;
    struct json_writer writer;
    text_init(&out, LIMIT_REPLY_BYTES);
    json_writer_init(&writer, &out);
    json_object_open(&writer);
    for (int i = 0; i < info->args_count; i++) {
        if (info->args[i].place != ARG_BODY || !request->args[i].present)
            continue;
        json_key(&writer, info->args[i].name);
        write_value(&writer, request->arena, &info->args[i], &request->args[i]);
    }
    json_object_close(&writer);
    assert(!out.failed);
    struct route route;
    struct request *again = held_open(request->operation, &route);
    assert(read_body(again, &route, text_span(&out)) == PROBLEM_NONE);
    assert(held_equal(request, again));
    held_close(again);
    text_fini(&out);
}

/* What is called malformed is no JSON object for Jansson by itself either, or nests too deeply. */
static void check_malformed(struct span body)
{
    size_t opened = 0;
    for (size_t i = 0; i < body.length; i++)
        opened += body.bytes[i] == '{' || body.bytes[i] == '[';
    json_error_t error;
    json_t *json = json_loadb(body.length == 0 ? "" : body.bytes, body.length, JSON_REJECT_DUPLICATES, &error);
    assert(!json_is_object(json) || opened > LIMIT_JSON_DEPTH);
    json_decref(json);
}

void fuzz_json_body(struct span input)
{
    struct route route;
    struct request *request = held_open(held_choose(fuzz_take_part(&input, '\n'), takes_body), &route);
    request->language = input.length % 2 == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
    enum problem problem = read_body(request, &route, input);
    held_check(request, problem);
    assert(problem == PROBLEM_NONE || problem == PROBLEM_VALIDATION_FAILED || problem == PROBLEM_MALFORMED_JSON);
    if (problem == PROBLEM_NONE)
        check_again(request);
    if (problem == PROBLEM_MALFORMED_JSON)
        check_malformed(input);
    held_close(request);
}
