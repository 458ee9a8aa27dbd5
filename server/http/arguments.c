/* Walks path, query, header and body, and collects every fault. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/arguments.h"
#include "server/http/argument_value.h"
#include "server/http/arguments_body.h"
#include "server/http/percent.h"

void arguments_fault_name(struct request *request, enum arg_place place, struct span name, const char *code)
{
    /* More than a pointer holds, so that request_fault does the cutting. */
    enum { NAME_BYTES = sizeof((struct fault){0}.pointer) };
    char pointer[2 * NAME_BYTES + 1];
    size_t written = 0;
    size_t characters;
    bool is_plain = name.length > 0 && text_is_plain(name, &characters);
    for (size_t i = 0; is_plain && i < name.length && i < NAME_BYTES; i++) {
        char c = name.bytes[i];
        bool is_special = c == '~' || c == '/'; /* RFC 6901 */
        if (is_special)
            pointer[written++] = '~';
        pointer[written++] = (char)(is_special ? (c == '~' ? '0' : '1') : c);
    }
    pointer[written] = '\0';
    request_fault(request, place, written == 0 ? NULL : pointer, code, NULL);
}

static void take(struct request *request, int index, struct span text)
{
    const struct argument argument = {.request = request,
                                      .info = &operation_infos[request->operation].args[index],
                                      .value = &request->args[index],
                                      .item = ARGUMENT_ITSELF};
    argument_take_text(&argument, text);
}

/* The generator puts path parameters first, in path order. */
static bool read_path(struct request *request, const struct route *route, bool *seen)
{
    for (unsigned i = 0; i < route->path_args_count; i++) {
        struct span encoded = route->path_args[i];
        char *text = arena_alloc(request->arena, encoded.length);
        size_t length;
        if (text == NULL)
            return false;
        seen[i] = true;
        if (percent_decode(encoded, PERCENT_PATH, text, &length))
            take(request, (int)i, (struct span){.bytes = text, .length = length});
        else
            request_fault(request, ARG_PATH, operation_infos[request->operation].args[i].name, "malformed", NULL);
    }
    return true;
}

static int find_query(const struct operation_info *operation, struct span name)
{
    for (int i = 0; i < operation->args_count; i++)
        if (operation->args[i].place == ARG_QUERY && span_equal(span_of(operation->args[i].name), name))
            return i;
    return -1;
}

/* One `name=value`; `out` has room for both decoded. */
static void read_pair(struct request *request, struct span pair, char *out, bool *seen)
{
    const char *equal = memchr(pair.bytes, '=', pair.length);
    size_t name_length = equal == NULL ? pair.length : (size_t)(equal - pair.bytes);
    struct span encoded_name = {.bytes = pair.bytes, .length = name_length};
    struct span encoded_value = {0};
    if (equal != NULL)
        encoded_value = (struct span){.bytes = equal + 1, .length = pair.length - name_length - 1};
    struct span name = {.bytes = out};
    if (!percent_decode(encoded_name, PERCENT_QUERY, out, &name.length)) {
        request_fault(request, ARG_QUERY, NULL, "malformed", NULL);
        return;
    }
    int index = find_query(&operation_infos[request->operation], name);
    if (index < 0 || seen[index]) {
        arguments_fault_name(request, ARG_QUERY, name, index < 0 ? "unknown" : "duplicate");
        return;
    }
    seen[index] = true;
    struct span value = {.bytes = out + name_length};
    if (percent_decode(encoded_value, PERCENT_QUERY, out + name_length, &value.length))
        take(request, index, value);
    else
        arguments_fault_name(request, ARG_QUERY, name, "malformed");
}

static bool read_query(struct request *request, bool *seen)
{
    struct span rest = request->query;
    if (rest.length == 0)
        return true;
    char *out = arena_alloc(request->arena, rest.length);
    if (out == NULL)
        return false;
    while (rest.length > 0) {
        const char *mark = memchr(rest.bytes, '&', rest.length);
        size_t length = mark == NULL ? rest.length : (size_t)(mark - rest.bytes);
        if (length > 0)
            read_pair(request, (struct span){.bytes = rest.bytes, .length = length}, out, seen);
        size_t used = mark == NULL ? length : length + 1;
        rest.bytes += used;
        rest.length -= used;
        out += length;
    }
    return true;
}

static void read_headers(struct request *request, bool *seen)
{
    const struct operation_info *operation = &operation_infos[request->operation];
    unsigned headers_count = 0;
    for (int i = 0; i < operation->args_count; i++) {
        if (operation->args[i].place != ARG_HEADER)
            continue;
        struct span value = request->headers[headers_count++];
        if (value.length == 0)
            continue;
        seen[i] = true;
        take(request, i, value);
    }
}

static void fill_absent(struct request *request, const bool *seen)
{
    const struct operation_info *operation = &operation_infos[request->operation];
    for (int i = 0; i < operation->args_count; i++) {
        const struct arg_info *info = &operation->args[i];
        if (seen[i])
            continue;
        if (info->required)
            request_fault(request, info->place, info->name, "required", NULL);
        else if (info->has_default)
            request->args[i] = (struct arg){.present = true, .number = info->default_number};
    }
}

enum problem arguments_read(struct request *request, const struct route *route)
{
    const struct operation_info *operation = &operation_infos[request->operation];
    bool seen[LIMIT_ARGS] = {false};
    memset(request->args, 0, operation->args_count * sizeof(request->args[0]));
    if (operation->body_limit_bytes == 0 && request->body.length > 0)
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    if (!read_path(request, route, seen) || !read_query(request, seen))
        return PROBLEM_INTERNAL_ERROR;
    read_headers(request, seen);
    bool has_fields = operation->body_limit_bytes > 0 && !operation->streams_body;
    enum problem problem = !has_fields ? PROBLEM_NONE : arguments_read_body(request, seen);
    if (problem != PROBLEM_NONE)
        return problem;
    fill_absent(request, seen);
    if (arena_is_exhausted(request->arena)) /* a fault may have been found, and not noted */
        return PROBLEM_INTERNAL_ERROR;
    return request->faults_count == 0 ? PROBLEM_NONE : PROBLEM_VALIDATION_FAILED;
}
