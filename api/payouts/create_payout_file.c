/* POST /v1/payout-files: what is approved in a pool becomes a file that tells the bank whom to pay. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/money.h"
#include "api/payouts/content.h"
#include "api/sealed.h"
#include <inttypes.h>
#include <stdio.h>

/* What bind leaves for proceed and render. */
struct asked {
    struct money *money;
    struct uuid file_id;
    char hash[PAYOUT_HASH_HEX + 1];
    bool is_bound;
};

static enum problem bind(struct request *request, struct call *call)
{
    struct span pool_code = request->args[CREATE_PAYOUT_FILE_POOL_CODE].text;
    struct asked *asked = arena_alloc(request->arena, sizeof *asked);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    if (asked == NULL || money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = money_begin(request, CREATE_PAYOUT_FILE_IDEMPOTENCY_KEY, CREATE_PAYOUT_FILE_DRY_RUN, money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (!access_covers(&request->principal, pool_code)) {
        request_fault(request, ARG_BODY, "pool_code", "not_allowed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    *asked = (struct asked){.money = money, .file_id = uuid_make(uuid_random_key())};
    request->state = asked;
    call_init(call, STATEMENT_PAYOUT_CANDIDATES);
    call_text(call, PAYOUT_CANDIDATES_PARAM_POOL_CODE, pool_code);
    call_int(call, PAYOUT_CANDIDATES_PARAM_ROW_LIMIT, LIMIT_PAYOUT_LINES);
    call_uuid(call, PAYOUT_CANDIDATES_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    return PROBLEM_NONE;
}

/* Hashes the file that these rows will be; its bytes, with names and cards, are wiped at once. */
static bool hash_rows(struct request *request, const struct rows *rows, struct asked *asked)
{
    struct text content;
    text_init(&content, LIMIT_REPLY_BYTES);
    text_reserve(&content, LIMIT_PAYOUT_BYTES); /* so that it never moves and leaves a copy behind */
    bool is_done =
        payout_content_write(request, rows, &content) && payout_content_hash(text_span(&content), asked->hash);
    if (content.bytes != NULL) {
        explicit_bzero(content.bytes, content.length);
    }
    text_fini(&content);
    return is_done;
}

/* A line for each withdrawal: its id, and when it was changed last. */
static struct span items_of(struct request *request, const struct rows *rows)
{
    size_t room = (size_t)rows->count * (UUID_TEXT_LENGTH + 24) + 1;
    char *items = arena_alloc(request->arena, room);
    size_t length = 0;
    for (int row = 0; row < rows->count && items != NULL; row++) {
        char id[UUID_TEXT_LENGTH + 1];
        uuid_format(row_uuid(rows, row, PAYOUT_CANDIDATES_COLUMN_WITHDRAWAL_ID), id);
        length += (size_t)snprintf(items + length, room - length, "%s\t%" PRId64 "\n", id,
                                   row_instant(rows, row, PAYOUT_CANDIDATES_COLUMN_CHANGED_AT));
    }
    return (struct span){.bytes = items, .length = length};
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    struct asked *asked = request->state;
    struct span sealed, items = {0};
    if (asked->is_bound) {
        return PROBLEM_NONE;
    }
    asked->is_bound = true;
    items = items_of(request, rows);
    if (items.bytes == NULL || !hash_rows(request, rows, asked) ||
        !sealed_make(request, "payout_file.content_hash", asked->file_id, span_of(asked->hash), &sealed)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    money_now(asked->money);
    call_init(call, STATEMENT_PAYOUT_FILE_CREATE);
    call_uuid(call, PAYOUT_FILE_CREATE_PARAM_PAYOUT_FILE_ID, asked->file_id);
    call_text(call, PAYOUT_FILE_CREATE_PARAM_POOL_CODE, request->args[CREATE_PAYOUT_FILE_POOL_CODE].text);
    call_text(call, PAYOUT_FILE_CREATE_PARAM_ITEMS, items);
    call_bytea(call, PAYOUT_FILE_CREATE_PARAM_CONTENT_HASH_SEALED, sealed);
    call_uuid(call, PAYOUT_FILE_CREATE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_instant(call, PAYOUT_FILE_CREATE_PARAM_INSTANT, asked->money->instant_us);
    call_text(call, PAYOUT_FILE_CREATE_PARAM_KEY, asked->money->key);
    call_bytea(call, PAYOUT_FILE_CREATE_PARAM_CONTENT_HASH, money_content(asked->money));
    call_uuid(call, PAYOUT_FILE_CREATE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, PAYOUT_FILE_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, PAYOUT_FILE_CREATE_PARAM_REAL_INSTANT, asked->money->real_us);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct field fields[] = {
        {"payout_file_id", PAYOUT_FILE_CREATE_COLUMN_PAYOUT_FILE_ID, FIELD_PLAIN},
        {"region_code", PAYOUT_FILE_CREATE_COLUMN_POOL_CODE, FIELD_PLAIN},
        {"lines_count", PAYOUT_FILE_CREATE_COLUMN_LINES_COUNT, FIELD_PLAIN},
        {"amount_fen", PAYOUT_FILE_CREATE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
        {"created_at", PAYOUT_FILE_CREATE_COLUMN_CREATED_AT, FIELD_PLAIN},
    };
    enum problem problem = money_outcome(request, row_text(rows, 0, PAYOUT_FILE_CREATE_COLUMN_STATUS),
                                         row_bool(rows, 0, PAYOUT_FILE_CREATE_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, PAYOUT_FILE_CREATE_COLUMN_PAYOUT_FILE_ID), id);
    fields_write_body(FIELDS(fields), rows, reply);
    reply_created(reply, arena_printf(request->arena, "/v1/payout-files/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_payout_file_handler = {.bind = bind, .proceed = proceed, .render = render};
