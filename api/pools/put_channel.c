/* PUT /v1/admin/pools/{pool_code}/channels/{kind}/{channel_code}: where and how something can be done. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event.h"
#include "api/pools/channel.h"
#include "server/http/reply.h"

static const struct field fields[] = CHANNEL_FIELDS(CHANNEL_PUT);

/* Lists are kept in one text, so their items may not hold what separates them. False without memory. */
static bool bind_items(struct request *request, int arg, const char *name, struct call *call, int param)
{
    const struct arg *items = &request->args[arg];
    struct text joined;
    text_init(&joined, LIMIT_BODY_BYTES);
    for (size_t i = 0; items->present && i < items->texts.count; i++) {
        struct span item = items->texts.items[i];
        if (memchr(item.bytes, ';', item.length) != NULL) {
            const char *pointer = arena_printf(request->arena, "%s/%zu", name, i);
            request_fault(request, ARG_BODY, pointer == NULL ? name : pointer, "malformed",
                          request->language == LANGUAGE_EN ? "An item may not hold a semicolon."
                                                           : "每项中不能有分号。");
        }
        if (i > 0) {
            text_append_char(&joined, ';');
        }
        text_append_span(&joined, item);
    }
    char *copy = joined.length == 0 ? NULL : arena_copy(request->arena, text_span(&joined));
    if (copy != NULL) {
        call_text(call, param, (struct span){.bytes = copy, .length = joined.length});
    }
    bool is_whole = !joined.failed;
    text_fini(&joined);
    return is_whole;
}

static void bind_text(struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

static void check_url(struct request *request)
{
    const struct arg *url = &request->args[PUT_CHANNEL_URL];
    struct span scheme = SPAN("https://");
    if (url->present &&
        (url->text.length <= scheme.length || memcmp(url->text.bytes, scheme.bytes, scheme.length) != 0)) {
        request_fault(request, ARG_BODY, "url", "malformed",
                      request->language == LANGUAGE_EN ? "It must begin with https://." : "须以 https:// 开头。");
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CHANNEL_PUT);
    check_url(request);
    if (!bind_items(request, PUT_CHANNEL_CAN_DO, "can_do", call, CHANNEL_PUT_PARAM_CAN_DO) ||
        !bind_items(request, PUT_CHANNEL_WHAT_TO_BRING, "what_to_bring", call, CHANNEL_PUT_PARAM_WHAT_TO_BRING) ||
        !bind_items(request, PUT_CHANNEL_STEPS, "steps", call, CHANNEL_PUT_PARAM_STEPS)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    bind_text(request, PUT_CHANNEL_NAME, call, CHANNEL_PUT_PARAM_NAME);
    bind_text(request, PUT_CHANNEL_HOTLINE, call, CHANNEL_PUT_PARAM_HOTLINE);
    bind_text(request, PUT_CHANNEL_URL, call, CHANNEL_PUT_PARAM_URL);
    bind_text(request, PUT_CHANNEL_ADDRESS, call, CHANNEL_PUT_PARAM_ADDRESS);
    bind_text(request, PUT_CHANNEL_OPENING_HOURS, call, CHANNEL_PUT_PARAM_OPENING_HOURS);
    event_bind(request, call, CHANNEL_PUT_PARAM_EVENT_ID, uuid_random_key());
    if (arena_is_exhausted(request->arena)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    return channel_bind_key(request, PUT_CHANNEL_POOL_CODE, call, CHANNEL_PUT_PARAM_POOL_CODE);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, CHANNEL_PUT_COLUMN_STATUS);
    if (span_equal(status, SPAN("absent"))) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(FIELDS(fields), rows, reply);
    if (span_equal(status, SPAN("created"))) {
        reply_created(reply, arena_copy(request->arena, request->path));
    }
    return PROBLEM_NONE;
}

const struct handler put_channel_handler = {.bind = bind, .render = render};
