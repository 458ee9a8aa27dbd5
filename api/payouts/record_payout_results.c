/* POST /v1/payout-files/{payout_file_id}/results: what the bank answered about its lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/money.h"
#include "api/payouts/content.h"
#include "server/clock.h"
#include <stdio.h>

#define CODE_BYTES 40

static const struct arg *field_of(const struct arg *list, size_t i, int field)
{
    return &list->objects.values[i * RECORD_PAYOUT_RESULTS_RESULTS_FIELDS + (size_t)field];
}

static bool is_code(struct span code)
{
    for (size_t i = 0; i < code.length; i++) {
        char c = code.bytes[i];
        bool is_letter = c >= 'a' && c <= 'z';
        if (!is_letter && (i == 0 || (c != '_' && (c < '0' || c > '9')))) {
            return false;
        }
    }
    return code.length > 0 && code.length <= CODE_BYTES;
}

static void check_item(struct request *request, const struct arg *list, size_t i, int32_t today)
{
    const struct arg *code = field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_BOUNCE_CODE);
    const struct arg *paid_on = field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_PAID_ON);
    bool is_paid = span_equal(field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_OUTCOME)->text, SPAN("paid"));
    char name[48];
    snprintf(name, sizeof name, "results/%zu/bounce_code", i);
    if (code->present == is_paid) {
        request_fault(request, ARG_BODY, name, is_paid ? "not_allowed" : "required", NULL);
    } else if (!is_paid && !is_code(code->text)) {
        request_fault(request, ARG_BODY, name, "malformed", NULL);
    }
    snprintf(name, sizeof name, "results/%zu/paid_on", i);
    if (paid_on->present != is_paid) {
        request_fault(request, ARG_BODY, name, is_paid ? "required" : "not_allowed", NULL);
    } else if (is_paid && paid_on->number > today) {
        request_fault(request, ARG_BODY, name, "too_large", NULL);
    }
}

/* A line for each answer: id, outcome, bounce code, day. */
static struct span items_of(struct request *request, const struct arg *list)
{
    size_t room = list->objects.count * (UUID_TEXT_LENGTH + CODE_BYTES + 32) + 1;
    char *items = arena_alloc(request->arena, room);
    size_t length = 0;
    for (size_t i = 0; i < list->objects.count && items != NULL; i++) {
        const struct arg *code = field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_BOUNCE_CODE);
        const struct arg *paid_on = field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_PAID_ON);
        struct span outcome = field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_OUTCOME)->text;
        char id[UUID_TEXT_LENGTH + 1], day[16] = "";
        uuid_format(field_of(list, i, RECORD_PAYOUT_RESULTS_RESULTS_WITHDRAWAL_ID)->uuid, id);
        if (paid_on->present) {
            date_format((int32_t)paid_on->number, day);
        }
        length += (size_t)snprintf(items + length, room - length, "%s\t%.*s\t%.*s\t%s\n", id, (int)outcome.length,
                                   outcome.bytes, code->present ? (int)code->text.length : 0,
                                   code->present ? code->text.bytes : "", day);
    }
    return (struct span){.bytes = items, .length = length};
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *list = &request->args[RECORD_PAYOUT_RESULTS_RESULTS];
    struct money money;
    enum problem problem =
        money_begin(request, RECORD_PAYOUT_RESULTS_IDEMPOTENCY_KEY, RECORD_PAYOUT_RESULTS_DRY_RUN, &money);
    for (size_t i = 0; i < list->objects.count && problem == PROBLEM_NONE; i++) {
        check_item(request, list, i, money.business_date);
    }
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    struct span items = items_of(request, list);
    char *hash = arena_copy(request->arena, money_content(&money));
    if (items.bytes == NULL || hash == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_PAYOUT_RESULTS);
    call_uuid(call, PAYOUT_RESULTS_PARAM_PAYOUT_FILE_ID, request->args[RECORD_PAYOUT_RESULTS_PAYOUT_FILE_ID].uuid);
    access_bind_visible(request, call, PAYOUT_RESULTS_PARAM_VISIBLE);
    call_text(call, PAYOUT_RESULTS_PARAM_ITEMS, items);
    call_uuid(call, PAYOUT_RESULTS_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_instant(call, PAYOUT_RESULTS_PARAM_INSTANT, money.instant_us);
    call_text(call, PAYOUT_RESULTS_PARAM_KEY, money.key);
    call_bytea(call, PAYOUT_RESULTS_PARAM_CONTENT_HASH, (struct span){.bytes = hash, .length = KEYED_HASH_BYTES});
    call_uuid(call, PAYOUT_RESULTS_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, PAYOUT_RESULTS_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, PAYOUT_RESULTS_PARAM_REAL_INSTANT, money.real_us);
    call_text(call, PAYOUT_RESULTS_PARAM_HASH_ALGORITHM, money.hash_algorithm);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = money_outcome(request, row_text(rows, 0, PAYOUT_RESULTS_COLUMN_STATUS),
                                         row_bool(rows, 0, PAYOUT_RESULTS_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "settled_at");
    if (row_is_null(rows, 0, PAYOUT_RESULTS_COLUMN_SETTLED_AT)) {
        json_null_value(&writer);
    } else {
        json_instant(&writer, row_instant(rows, 0, PAYOUT_RESULTS_COLUMN_SETTLED_AT));
    }
    json_key(&writer, "results");
    json_raw(&writer, row_text(rows, 0, PAYOUT_RESULTS_COLUMN_RESULTS));
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler record_payout_results_handler = {.bind = bind, .render = render};
