/* GET /v1/accounts/{account_id}/entries: every movement of money, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/accounts/charge_detail.h"
#include "api/list.h"
#include "api/views/view.h"
#include <inttypes.h>

static const struct field fields[] = {
    {"entry_id", ACCOUNT_ENTRIES_COLUMN_ENTRY_ID, FIELD_PLAIN},
    {"operation_id", ACCOUNT_ENTRIES_COLUMN_OPERATION_ID, FIELD_PLAIN},
    {"seq", ACCOUNT_ENTRIES_COLUMN_SEQ, FIELD_PLAIN},
    {"kind", ACCOUNT_ENTRIES_COLUMN_KIND, FIELD_PLAIN},
    {"part", ACCOUNT_ENTRIES_COLUMN_PART, FIELD_PLAIN},
    {"direction", ACCOUNT_ENTRIES_COLUMN_DIRECTION, FIELD_PLAIN},
    {"amount_fen", ACCOUNT_ENTRIES_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"balance_after_fen", ACCOUNT_ENTRIES_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    {"current_year_after_fen", ACCOUNT_ENTRIES_COLUMN_CURRENT_YEAR_AFTER_FEN, FIELD_PLAIN},
    {"carried_over_after_fen", ACCOUNT_ENTRIES_COLUMN_CARRIED_OVER_AFTER_FEN, FIELD_PLAIN},
    {"business_date", ACCOUNT_ENTRIES_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"posted_at", ACCOUNT_ENTRIES_COLUMN_POSTED_AT, FIELD_PLAIN},
    {"reference", ACCOUNT_ENTRIES_COLUMN_REFERENCE, FIELD_PLAIN},
    {"linked_entry_id", ACCOUNT_ENTRIES_COLUMN_LINKED_ENTRY_ID, FIELD_PLAIN},
    CHARGE_DETAIL_FIELDS(ACCOUNT_ENTRIES),
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = ACCOUNT_ENTRIES_COLUMN_ENTRY_ID};

static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *kind = &request->args[LIST_ACCOUNT_ENTRIES_KIND];
    const struct arg *from = &request->args[LIST_ACCOUNT_ENTRIES_FROM];
    const struct arg *to = &request->args[LIST_ACCOUNT_ENTRIES_TO];
    if (from->present && to->present && from->number > to->number) {
        request_fault(request, ARG_QUERY, "to", "too_small", NULL);
    }
    if (kind->present) {
        call_text(call, ACCOUNT_ENTRIES_PARAM_KIND, kind->text);
    }
    if (from->present) {
        call_date(call, ACCOUNT_ENTRIES_PARAM_FROM_DATE, (int32_t)from->number);
    }
    if (to->present) {
        call_date(call, ACCOUNT_ENTRIES_PARAM_TO_DATE, (int32_t)to->number);
    }
}

VIEW_SAME_COLUMNS(VIEWED_ENTRIES, ACCOUNT_ENTRIES, OCCURRED_AT);

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_ACCOUNT_ENTRIES_ACCOUNT_ID].uuid;
    bool is_viewed = view_is_asked(request, account_id);
    enum problem problem = is_viewed ? PROBLEM_NONE : access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, is_viewed ? STATEMENT_VIEWED_ENTRIES : STATEMENT_ACCOUNT_ENTRIES);
    call_int(call, ACCOUNT_ENTRIES_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_ENTRIES_PARAM_ACCOUNT_ID, account_id);
    bind_filters(request, call);
    struct page *page;
    problem = list_begin(request, LIST_ACCOUNT_ENTRIES_LIMIT, LIST_ACCOUNT_ENTRIES_CURSOR, &page);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    int64_t before_seq = INT64_MAX;
    if (page->continued && (page->keys_count != 1 || !list_key_int(page->keys[0], &before_seq))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_int(call, ACCOUNT_ENTRIES_PARAM_BEFORE_SEQ, before_seq);
    call_int(call, ACCOUNT_ENTRIES_PARAM_ROW_LIMIT, page->limit + 1);
    if (is_viewed) {
        view_bind(request, call, account_id, VIEWED_ENTRIES_PARAM_VIEWER_ID);
    }
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    int64_t seq = row_int(rows, row, ACCOUNT_ENTRIES_COLUMN_SEQ);
    keys[0] = span_of(arena_printf(request->arena, "%" PRId64, seq));
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_ENTRIES_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_ENTRIES_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_account_entries_handler = {.bind = bind, .render = render};
