/* Checks the value of one argument. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/argument_value.h"
#include "server/clock.h"
#include "server/http/percent.h"
#include <stdio.h>

void argument_fault(const struct argument *argument, const char *code, const char *zh, const char *en, int64_t number)
{
    const struct arg_info *info = argument->info;
    char name[sizeof((struct fault){0}.pointer)];
    char detail[sizeof((struct fault){0}.detail)];
    if (argument->list != NULL)
        snprintf(name, sizeof name, "%s/%d/%s", argument->list->name, argument->item, info->name);
    else if (argument->item == ARGUMENT_ITSELF)
        snprintf(name, sizeof name, "%s", info->name);
    else
        snprintf(name, sizeof name, "%s/%d", info->name, argument->item);
    if (zh != NULL)
        snprintf(detail, sizeof detail, argument->request->language == LANGUAGE_EN ? en : zh, (long long)number);
    request_fault(argument->request, info->place, name, code, zh == NULL ? NULL : detail);
}

static void malformed(const struct argument *argument, const char *zh, const char *en)
{
    argument_fault(argument, "malformed", zh, en, 0);
}

static void too_small(const struct argument *argument)
{
    argument_fault(argument, "too_small", "最小为 %lld。", "The smallest value is %lld.", argument->info->minimum);
}

static void too_large(const struct argument *argument)
{
    argument_fault(argument, "too_large", "最大为 %lld。", "The largest value is %lld.", argument->info->maximum);
}

void argument_take_integer(const struct argument *argument, int64_t number)
{
    if (number < argument->info->minimum)
        too_small(argument);
    else if (number > argument->info->maximum)
        too_large(argument);
    else
        *argument->value = (struct arg){.present = true, .number = number};
}

/* No plus sign, no leading zero, no minus zero. */
static bool is_canonical(struct span digits, bool is_negative)
{
    if (digits.length == 0 || (digits.bytes[0] == '0' && (is_negative || digits.length > 1)))
        return false;
    for (size_t i = 0; i < digits.length; i++)
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return false;
    return true;
}

static void take_decimal(const struct argument *argument, struct span text)
{
    bool is_negative = text.length > 0 && text.bytes[0] == '-';
    struct span digits = text;
    if (is_negative)
        digits = (struct span){.bytes = text.bytes + 1, .length = text.length - 1};
    if (!is_canonical(digits, is_negative)) {
        malformed(argument, "须为整数。", "This must be a whole number.");
        return;
    }
    int64_t number = 0;
    for (size_t i = 0; i < digits.length; i++) {
        int64_t digit = digits.bytes[i] - '0';
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, is_negative ? -digit : digit, &number)) {
            (is_negative ? too_small : too_large)(argument);
            return;
        }
    }
    argument_take_integer(argument, number);
}

static void take_boolean(const struct argument *argument, struct span text)
{
    bool value = span_equal(text, SPAN("true"));
    if (value || span_equal(text, SPAN("false")))
        *argument->value = (struct arg){.present = true, .number = value};
    else
        malformed(argument, "须为 true 或 false。", "This must be true or false.");
}

static bool is_choice(const struct arg_info *info, struct span text)
{
    for (const char *const *choice = info->choices; *choice != NULL; choice++)
        if (span_equal(span_of(*choice), text))
            return true;
    return false;
}

static bool check_text(const struct argument *argument, struct span text)
{
    const struct arg_info *info = argument->info;
    size_t characters;
    if (!text_is_plain(text, &characters)) {
        malformed(argument, "须为 UTF-8 文字，不含控制字符。", "This must be UTF-8 text without control characters.");
        return false;
    }
    if (info->choices != NULL) {
        if (is_choice(info, text))
            return true;
        argument_fault(argument, "not_allowed", "不是可用的取值，见接口文档。",
                       "This is none of the documented values.", 0);
        return false;
    }
    if ((int64_t)characters < info->minimum) {
        argument_fault(argument, "too_short", "至少 %lld 个字符。", "At least %lld characters are needed.",
                       info->minimum);
        return false;
    }
    if ((int64_t)characters > info->maximum) {
        argument_fault(argument, "too_long", "最多 %lld 个字符。", "At most %lld characters are taken.", info->maximum);
        return false;
    }
    return true;
}

static bool check_region(const struct argument *argument, struct span text)
{
    bool is_code = text.length == 6;
    for (size_t i = 0; i < text.length; i++)
        is_code = is_code && text.bytes[i] >= '0' && text.bytes[i] <= '9';
    if (!is_code)
        malformed(argument, "须为六位行政区划代码。", "This must be the six digits of a region code.");
    return is_code;
}

bool argument_check_item(const struct argument *argument, struct span text)
{
    return argument->info->item_type == ARG_REGION ? check_region(argument, text) : check_text(argument, text);
}

static void take_number_or_fault(const struct argument *argument, bool is_right, int64_t number, const char *zh,
                                 const char *en)
{
    if (is_right)
        *argument->value = (struct arg){.present = true, .number = number};
    else
        malformed(argument, zh, en);
}

static void take_uuid(const struct argument *argument, struct span text)
{
    struct uuid uuid;
    if (uuid_parse(text, &uuid))
        *argument->value = (struct arg){.present = true, .uuid = uuid};
    else
        malformed(argument, "须为 36 位的编号（UUID）。", "This must be a UUID of 36 characters.");
}

void argument_take_string(const struct argument *argument, struct span text)
{
    int32_t small = 0;
    int64_t instant_us = 0;
    bool is_right; /* on its own line: C does not say which argument of a call is computed first */
    switch (argument->info->type) {
    case ARG_TEXT:
        if (check_text(argument, text))
            *argument->value = (struct arg){.present = true, .text = text};
        return;
    case ARG_REGION:
        if (check_region(argument, text))
            *argument->value = (struct arg){.present = true, .text = text};
        return;
    case ARG_UUID:
        take_uuid(argument, text);
        return;
    case ARG_DATE:
        is_right = date_parse(text, &small);
        take_number_or_fault(argument, is_right, small, "须为真实日期，如 2026-01-31。",
                             "This must be a real date such as 2026-01-31.");
        return;
    case ARG_MONTH:
        is_right = month_parse(text, &small);
        take_number_or_fault(argument, is_right, small, "须为月份，如 2026-01。",
                             "This must be a month such as 2026-01.");
        return;
    case ARG_INSTANT:
        is_right = instant_parse(text, &instant_us);
        take_number_or_fault(argument, is_right, instant_us, "须为带时区的时间，如 2026-01-31T09:30:00+08:00。",
                             "This must be an instant with offset, such as 2026-01-31T09:30:00+08:00.");
        return;
    case ARG_INTEGER:
    case ARG_BOOLEAN:
    case ARG_TEXTS:
    case ARG_OBJECTS:
        malformed(argument, NULL, NULL);
        return;
    }
}

void argument_take_text(const struct argument *argument, struct span text)
{
    if (argument->info->type == ARG_INTEGER)
        take_decimal(argument, text);
    else if (argument->info->type == ARG_BOOLEAN)
        take_boolean(argument, text);
    else
        argument_take_string(argument, text);
}
