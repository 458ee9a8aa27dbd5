/* GET /v1/admin/withdrawals: what waits for staff, oldest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"withdrawal_id", WITHDRAWAL_QUEUE_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"person_id", WITHDRAWAL_QUEUE_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", WITHDRAWAL_QUEUE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"transfer_id", WITHDRAWAL_QUEUE_COLUMN_TRANSFER_ID, FIELD_PLAIN},
    {"region_code", WITHDRAWAL_QUEUE_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"reason", WITHDRAWAL_QUEUE_COLUMN_REASON, FIELD_PLAIN},
    {"state", WITHDRAWAL_QUEUE_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", WITHDRAWAL_QUEUE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"created_at", WITHDRAWAL_QUEUE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", WITHDRAWAL_QUEUE_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"bounce_code", WITHDRAWAL_QUEUE_COLUMN_BOUNCE_CODE, FIELD_PLAIN},
    {"is_complete", WITHDRAWAL_QUEUE_COLUMN_IS_COMPLETE, FIELD_PLAIN},
    {"payout_refusal", WITHDRAWAL_QUEUE_COLUMN_PAYOUT_REFUSAL, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *state = &request->args[LIST_WITHDRAWALS_STATE];
    const struct arg *region = &request->args[LIST_WITHDRAWALS_REGION];
    struct page *page;
    struct uuid after;
    enum problem problem = list_begin(request, LIST_WITHDRAWALS_LIMIT, LIST_WITHDRAWALS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WITHDRAWAL_QUEUE);
    access_bind_visible(request, call, WITHDRAWAL_QUEUE_PARAM_VISIBLE);
    if (page->continued) {
        if (page->keys_count != 1 || !uuid_parse(page->keys[0], &after)) {
            return PROBLEM_INTERNAL_ERROR;
        }
        call_uuid(call, WITHDRAWAL_QUEUE_PARAM_AFTER_ID, after);
    }
    if (state->present) {
        call_text(call, WITHDRAWAL_QUEUE_PARAM_STATE, state->text);
    }
    if (region->present) {
        call_text(call, WITHDRAWAL_QUEUE_PARAM_REGION_CODE, region->text);
    }
    call_int(call, WITHDRAWAL_QUEUE_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, WITHDRAWAL_QUEUE_COLUMN_WITHDRAWAL_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_withdrawals_handler = {.bind = bind, .render = render};
