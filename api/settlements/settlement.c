/* Begins a settlement, binds its statement, and renders what came of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/settlement.h"
#include "api/access.h"
#include "api/settlements/settlement_shown.h"
#include "server/clock.h"

static void release(void *object)
{
    settlement_items_fini(object);
}

/* Nothing can be posted on it any more. */
static bool is_settled(int32_t day, int64_t now_us)
{
    return now_us >= clock_instant_of_date(day + 1) + LIMIT_SETTLEMENT_WAIT_S * INT64_C(1000000);
}

struct settlement_asked *settlement_begin(struct request *request, const struct settlement_args *args,
                                          enum problem *problem)
{
    struct settlement_asked *asked = arena_alloc(request->arena, sizeof *asked);
    *problem = PROBLEM_INTERNAL_ERROR;
    if (asked == NULL) {
        return NULL;
    }
    settlement_items_init(&asked->items);
    if (!arena_defer(request->arena, release, &asked->items)) {
        return NULL;
    }
    *problem = money_begin(request, args->key, args->dry_run, &asked->money);
    if (*problem != PROBLEM_NONE) {
        return NULL;
    }
    if (!is_settled((int32_t)request->args[args->business_date].number, asked->money.instant_us)) {
        request_fault(request, args->place, "business_date", "too_large",
                      request->language == LANGUAGE_EN ? "A day can be settled from 00:05 of the next one."
                                                       : "一天的账自次日 00:05 起可以对。");
        *problem = PROBLEM_VALIDATION_FAILED;
        return NULL;
    }
    return asked;
}

void settlement_bind(struct request *request, const struct settlement_args *args, struct settlement_asked *asked,
                     struct call *call)
{
    const struct arg *given = request->args;
    money_now(&asked->money);
    call_init(call, STATEMENT_SETTLEMENT_CREATE);
    call_text(call, SETTLEMENT_CREATE_PARAM_OPERATION, span_of(operation_infos[request->operation].name));
    call_uuid(call, SETTLEMENT_CREATE_PARAM_SETTLEMENT_ID, uuid_make(uuid_random_key()));
    call_uuid(call, SETTLEMENT_CREATE_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_date(call, SETTLEMENT_CREATE_PARAM_BUSINESS_DATE, (int32_t)given[args->business_date].number);
    call_int(call, SETTLEMENT_CREATE_PARAM_STATED_CHARGES_COUNT, given[args->charges_count].number);
    call_int(call, SETTLEMENT_CREATE_PARAM_STATED_CHARGES_FEN, given[args->charges_fen].number);
    call_int(call, SETTLEMENT_CREATE_PARAM_STATED_REFUNDS_COUNT, given[args->refunds_count].number);
    call_int(call, SETTLEMENT_CREATE_PARAM_STATED_REFUNDS_FEN, given[args->refunds_fen].number);
    call_text(call, SETTLEMENT_CREATE_PARAM_ITEMS, asked->items.count == 0 ? SPAN("") : text_span(&asked->items.text));
    call_instant(call, SETTLEMENT_CREATE_PARAM_INSTANT, asked->money.instant_us);
    call_text(call, SETTLEMENT_CREATE_PARAM_KEY, asked->money.key);
    call_bytea(call, SETTLEMENT_CREATE_PARAM_CONTENT_HASH,
               (struct span){.bytes = (const char *)asked->money.content_hash, .length = KEYED_HASH_BYTES});
    call_uuid(call, SETTLEMENT_CREATE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, SETTLEMENT_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, SETTLEMENT_CREATE_PARAM_REAL_INSTANT, asked->money.real_us);
    call_int(call, SETTLEMENT_CREATE_PARAM_DIFFERENCES, LIMIT_SETTLEMENT_DIFFERENCES);
}

enum problem settlement_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = money_outcome(request, row_text(rows, 0, SETTLEMENT_CREATE_COLUMN_STATUS),
                                         row_bool(rows, 0, SETTLEMENT_CREATE_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, SETTLEMENT_CREATE_COLUMN_SETTLEMENT_ID), id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    settlement_write(&writer, rows, SETTLEMENT_CREATE_COLUMN_PART, true);
    reply_created(reply, arena_printf(request->arena, "/v1/settlements/%s", id));
    return PROBLEM_NONE;
}

void settlement_bind_reader(struct request *request, struct call *call, int provider_param, int visible_param)
{
    if (request->principal.kind == PRINCIPAL_CLIENT) {
        call_uuid(call, provider_param, request->principal.subject_id);
    } else {
        access_bind_visible(request, call, visible_param);
    }
}
