/* Lists of strings, and lists of objects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/arguments_list.h"

static bool is_list(const struct argument *argument, const json_t *list)
{
    const struct arg_info *info = argument->info;
    size_t count = json_array_size(list);
    if (!json_is_array(list)) {
        argument_fault(argument, "malformed", "须为列表。", "This must be a list.", 0);
        return false;
    }
    if ((int64_t)count < info->items_minimum) {
        argument_fault(argument, "too_short", "至少 %lld 项。", "At least %lld items are needed.", info->items_minimum);
        return false;
    }
    if ((int64_t)count > info->items_maximum) {
        argument_fault(argument, "too_long", "最多 %lld 项。", "At most %lld items are taken.", info->items_maximum);
        return false;
    }
    return true;
}

static bool is_repeated(const struct span *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(items[i], items[count]))
            return true;
    return false;
}

bool arguments_take_texts(const struct argument *argument, const json_t *list)
{
    struct request *request = argument->request;
    if (!is_list(argument, list))
        return true;
    size_t count = json_array_size(list);
    struct span *items = arena_alloc(request->arena, (count + 1) * sizeof(*items));
    if (items == NULL)
        return false;
    struct argument one = *argument;
    uint32_t faults_before = request->faults_count;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        one.item = (int)i;
        if (!json_is_string(item)) {
            argument_fault(&one, "malformed", "须为文字。", "This must be a string.", 0);
            continue;
        }
        items[i] = (struct span){.bytes = json_string_value(item), .length = json_string_length(item)};
        if (argument_check_item(&one, items[i]) && is_repeated(items, i))
            argument_fault(&one, "duplicate", NULL, NULL, 0);
    }
    if (request->faults_count == faults_before)
        *argument->value = (struct arg){.present = true, .texts = {.items = items, .count = count}};
    return true;
}

static int find_field(const struct arg_info *info, const char *name)
{
    for (int i = 0; i < info->fields_count; i++)
        if (strcmp(info->fields[i].name, name) == 0)
            return i;
    return -1;
}

/* One object, whose values go to `values`. */
static bool take_object(const struct argument *item, json_t *object, struct arg *values)
{
    const struct arg_info *info = item->info;
    struct argument field = {.request = item->request, .item = item->item, .list = info};
    if (!json_is_object(object)) {
        argument_fault(item, "malformed", "须为对象。", "This must be an object.", 0);
        return true;
    }
    for (int i = 0; i < info->fields_count; i++) {
        const json_t *value = json_object_get(object, info->fields[i].name);
        field.info = &info->fields[i];
        field.value = &values[i];
        if (value == NULL && field.info->required)
            argument_fault(&field, "required", NULL, NULL, 0);
        if (value != NULL && !arguments_take_member(&field, value))
            return false;
    }
    const char *name;
    const json_t *member;
    json_object_foreach(object, name, member)
    {
        if (find_field(info, name) < 0)
            argument_fault(item, "unknown", NULL, NULL, 0);
    }
    return true;
}

bool arguments_take_objects(const struct argument *argument, const json_t *list)
{
    struct request *request = argument->request;
    const struct arg_info *info = argument->info;
    if (!is_list(argument, list))
        return true;
    size_t count = json_array_size(list);
    struct arg *values = arena_alloc(request->arena, (count * info->fields_count + 1) * sizeof(*values));
    if (values == NULL)
        return false;
    struct argument item = *argument;
    uint32_t faults_before = request->faults_count;
    for (size_t i = 0; i < count; i++) {
        item.item = (int)i;
        if (!take_object(&item, json_array_get(list, i), &values[i * info->fields_count]))
            return false;
    }
    if (request->faults_count == faults_before)
        *argument->value = (struct arg){.present = true, .objects = {.values = values, .count = count}};
    return true;
}
