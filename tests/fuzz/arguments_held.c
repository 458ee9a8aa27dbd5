/* What must hold of arguments that were read, whatever was sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/arguments_held.h"
#include "server/clock.h"
#include "server/http/percent.h"
#include "server/http/problem.h"
#include "server/utf8.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>

#define SOME_ID "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68"

struct span held_good_text(const struct arg_info *info)
{
    static const char filling[] = "620500-0001-0002-0003-0004-0005-0006";
    if (info->choices != NULL)
        return span_of(info->choices[0]);
    switch (info->type) {
    case ARG_INTEGER:
        return SPAN("1");
    case ARG_BOOLEAN:
        return SPAN("false");
    case ARG_UUID:
        return SPAN(SOME_ID);
    case ARG_DATE:
        return SPAN("2026-02-28");
    case ARG_MONTH:
        return SPAN("2026-02");
    case ARG_INSTANT:
        return SPAN("2026-02-28T09:30:00+08:00");
    case ARG_REGION:
        return SPAN("620500");
    case ARG_TEXT:
        return (struct span){.bytes = filling,
                             .length = (size_t)(info->maximum < 16   ? info->maximum
                                                : info->minimum > 16 ? info->minimum
                                                                     : 16)};
    case ARG_TEXTS:
    case ARG_OBJECTS:
        break;
    }
    abort();
}

enum operation held_choose(struct span name, bool (*is_wanted)(const struct operation_info *info))
{
    enum operation wanted[OPERATION_COUNT];
    unsigned count = 0, sum = 0;
    for (enum operation o = OPERATION_NONE + 1; o < OPERATION_COUNT; o++) {
        if (!is_wanted(&operation_infos[o]))
            continue;
        if (span_equal(span_of(operation_infos[o].name), name))
            return o;
        wanted[count++] = o;
    }
    for (size_t i = 0; i < name.length; i++)
        sum = sum * 31 + (unsigned char)name.bytes[i];
    return wanted[sum % count];
}

struct request *held_open(enum operation operation, struct route *route)
{
    const struct operation_info *info = &operation_infos[operation];
    struct request *request = calloc(1, sizeof *request);
    assert(request != NULL);
    request->arena = arena_open();
    assert(request->arena != NULL);
    request->operation = operation;
    *route = (struct route){.operation = operation};
    for (int i = 0; i < info->args_count; i++)
        if (info->args[i].place == ARG_PATH)
            route->path_args[route->path_args_count++] = held_good_text(&info->args[i]);
    return request;
}

void held_close(struct request *request)
{
    arena_close(request->arena);
    free(request);
}

static void check_text(const struct arg_info *info, struct span text)
{
    size_t characters;
    assert(text_is_plain(text, &characters));
    if (info->choices != NULL) {
        const char *const *choice = info->choices;
        while (*choice != NULL && !span_equal(span_of(*choice), text))
            choice++;
        assert(*choice != NULL);
        return;
    }
    assert((int64_t)characters >= info->minimum && (int64_t)characters <= info->maximum);
}

static void check_region(struct span text)
{
    assert(text.length == 6);
    for (size_t i = 0; i < text.length; i++)
        assert(text.bytes[i] >= '0' && text.bytes[i] <= '9');
}

static void check_value(const struct arg_info *info, const struct arg *arg);

static void check_list(const struct arg_info *info, const struct arg *arg)
{
    size_t count = info->type == ARG_TEXTS ? arg->texts.count : arg->objects.count;
    assert((int64_t)count >= info->items_minimum && (int64_t)count <= info->items_maximum);
    for (size_t i = 0; info->type == ARG_TEXTS && i < count; i++) {
        if (info->item_type == ARG_REGION)
            check_region(arg->texts.items[i]);
        else
            check_text(info, arg->texts.items[i]);
    }
    for (size_t i = 0; info->type == ARG_OBJECTS && i < count * info->fields_count; i++) {
        const struct arg_info *field = &info->fields[i % info->fields_count];
        const struct arg *value = &arg->objects.values[i];
        assert(value->present || !field->required);
        if (value->present)
            check_value(field, value);
    }
}

static void check_value(const struct arg_info *info, const struct arg *arg)
{
    switch (info->type) {
    case ARG_TEXT:
        check_text(info, arg->text);
        return;
    case ARG_REGION:
        check_region(arg->text);
        return;
    case ARG_INTEGER:
        assert(arg->number >= info->minimum && arg->number <= info->maximum);
        return;
    case ARG_BOOLEAN:
        assert(arg->number == 0 || arg->number == 1);
        return;
    case ARG_TEXTS:
    case ARG_OBJECTS:
        check_list(info, arg);
        return;
    case ARG_UUID:
    case ARG_DATE:
    case ARG_MONTH:
    case ARG_INSTANT:
        return;
    }
}

static void check_faults(const struct request *request)
{
    static const char *const places[] = {"/path", "/query", "/header", "/body"};
    for (uint32_t i = 0; i < request->faults_count; i++) {
        const struct fault *fault = &request->faults[i];
        bool has_place = false;
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            size_t length = strlen(places[p]);
            bool begins = strncmp(fault->pointer, places[p], length) == 0;
            has_place |= begins && (fault->pointer[length] == '\0' || fault->pointer[length] == '/');
        }
        assert(has_place && fault->code != NULL && fault->code[0] != '\0' && fault->detail[0] != '\0');
        assert(utf8_count(span_of(fault->pointer)).bad == 0 && utf8_count(span_of(fault->detail)).bad == 0);
    }
}

void held_check(const struct request *request, enum problem problem)
{
    const struct operation_info *info = &operation_infos[request->operation];
    assert(problem != PROBLEM_INTERNAL_ERROR && !arena_is_exhausted(request->arena));
    if (problem == PROBLEM_VALIDATION_FAILED) {
        assert(request->faults_count > 0 && request->faults_count <= LIMIT_FIELD_ERRORS);
        check_faults(request);
        return;
    }
    assert(problem != PROBLEM_NONE || request->faults_count == 0);
    for (int i = 0; problem == PROBLEM_NONE && i < info->args_count; i++) {
        assert(request->args[i].present || !info->args[i].required);
        if (request->args[i].present)
            check_value(&info->args[i], &request->args[i]);
    }
}

static bool is_same(const struct arg_info *info, const struct arg *a, const struct arg *b)
{
    if (a->present != b->present || !a->present)
        return a->present == b->present;
    bool same = true;
    switch (info->type) {
    case ARG_TEXT:
    case ARG_REGION:
        return span_equal(a->text, b->text);
    case ARG_UUID:
        return uuid_equal(a->uuid, b->uuid);
    case ARG_TEXTS:
        same = a->texts.count == b->texts.count;
        for (size_t i = 0; same && i < a->texts.count; i++)
            same = span_equal(a->texts.items[i], b->texts.items[i]);
        return same;
    case ARG_OBJECTS:
        same = a->objects.count == b->objects.count;
        for (size_t i = 0; same && i < a->objects.count * info->fields_count; i++)
            same = is_same(&info->fields[i % info->fields_count], &a->objects.values[i], &b->objects.values[i]);
        return same;
    case ARG_INTEGER:
    case ARG_BOOLEAN:
    case ARG_DATE:
    case ARG_MONTH:
    case ARG_INSTANT:
        return a->number == b->number;
    }
    abort();
}

bool held_equal(const struct request *a, const struct request *b)
{
    const struct operation_info *info = &operation_infos[a->operation];
    for (int i = 0; i < info->args_count; i++)
        if (!is_same(&info->args[i], &a->args[i], &b->args[i]))
            return false;
    return true;
}

struct span held_text(struct arena *arena, const struct arg_info *info, const struct arg *arg)
{
    char form[UUID_TEXT_LENGTH + 1];
    switch (info->type) {
    case ARG_TEXT:
    case ARG_REGION:
        return arg->text;
    case ARG_INTEGER:
        return span_of(arena_printf(arena, "%lld", (long long)arg->number));
    case ARG_BOOLEAN:
        return span_of(arg->number != 0 ? "true" : "false");
    case ARG_UUID:
        uuid_format(arg->uuid, form);
        break;
    case ARG_DATE:
        date_format((int32_t)arg->number, form);
        break;
    case ARG_MONTH:
        month_format((int32_t)arg->number, form);
        break;
    case ARG_INSTANT:
        instant_format(arg->number, form);
        break;
    case ARG_TEXTS:
    case ARG_OBJECTS:
        abort();
    }
    return span_of(arena_copy(arena, span_of(form)));
}
