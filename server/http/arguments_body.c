/* Turns a JSON object into arguments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/arguments_body.h"
#include "server/http/arguments_list.h"
#include "server/json_memory.h"
#include <jansson.h>

/* Nesting is counted before parsing: Jansson's own limit is far above ours. Malformed text is left to the parser. */
static bool is_shallow(struct span text)
{
    unsigned depth = 0;
    bool is_string = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '"')
            is_string = !is_string;
        else if (c == '\\' && is_string)
            i++;
        else if (is_string)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > LIMIT_JSON_DEPTH)
            return false;
    }
    return true;
}

static void release(void *object)
{
    json_decref(object);
}

static struct span string_of(const json_t *string)
{
    return (struct span){.bytes = json_string_value(string), .length = json_string_length(string)};
}

bool arguments_take_member(const struct argument *argument, const json_t *member)
{
    switch (argument->info->type) {
    case ARG_TEXTS:
        return arguments_take_texts(argument, member);
    case ARG_OBJECTS:
        return arguments_take_objects(argument, member);
    case ARG_INTEGER:
        if (json_is_integer(member))
            argument_take_integer(argument, json_integer_value(member));
        else
            argument_fault(argument, "malformed", "须为整数，不带小数点和指数。",
                           "This must be an integer without fraction or exponent.", 0);
        return true;
    case ARG_BOOLEAN:
        if (json_is_boolean(member))
            *argument->value = (struct arg){.present = true, .number = json_is_true(member)};
        else
            argument_fault(argument, "malformed", "须为 true 或 false。", "This must be true or false.", 0);
        return true;
    case ARG_TEXT:
    case ARG_UUID:
    case ARG_DATE:
    case ARG_MONTH:
    case ARG_INSTANT:
    case ARG_REGION:
        if (json_is_string(member))
            argument_take_string(argument, string_of(member));
        else
            argument_fault(argument, "malformed", "须为文字（字符串）。", "This must be a string.", 0);
        return true;
    }
    __builtin_unreachable();
}

static int find_member(const struct operation_info *operation, const char *name)
{
    for (int i = 0; i < operation->args_count; i++)
        if (operation->args[i].place == ARG_BODY && strcmp(operation->args[i].name, name) == 0)
            return i;
    return -1;
}

enum problem arguments_read_body(struct request *request, bool *seen)
{
    const struct operation_info *operation = &operation_infos[request->operation];
    if (!is_shallow(request->body))
        return PROBLEM_MALFORMED_JSON;
    json_error_t error;
    const char *text = request->body.length == 0 ? "" : request->body.bytes;
    bool was_short;
    json_t *body = json_memory_load(text, request->body.length, JSON_REJECT_DUPLICATES, &error, &was_short);
    if (was_short)
        return PROBLEM_INTERNAL_ERROR;
    if (body == NULL && json_error_code(&error) == json_error_numeric_overflow) {
        request_fault(request, ARG_BODY, NULL, "too_large", NULL);
        return PROBLEM_NONE;
    }
    if (body == NULL)
        return PROBLEM_MALFORMED_JSON;
    if (!arena_defer(request->arena, release, body)) {
        json_decref(body);
        return PROBLEM_INTERNAL_ERROR;
    }
    if (!json_is_object(body))
        return PROBLEM_MALFORMED_JSON;
    const char *name;
    json_t *member;
    json_object_foreach(body, name, member)
    {
        int index = find_member(operation, name);
        if (index < 0) {
            arguments_fault_name(request, ARG_BODY, span_of(name), "unknown");
            continue;
        }
        seen[index] = true;
        const struct argument argument = {.request = request,
                                          .info = &operation->args[index],
                                          .value = &request->args[index],
                                          .item = ARGUMENT_ITSELF};
        if (!arguments_take_member(&argument, member))
            return PROBLEM_INTERNAL_ERROR;
    }
    return PROBLEM_NONE;
}
