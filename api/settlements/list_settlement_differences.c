/* GET /v1/settlements/{settlement_id}/differences: what differs, in a fixed order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "api/settlements/settlement.h"

static const struct field fields[] = {
    {"kind", SETTLEMENT_DIFFERENCES_COLUMN_KIND, FIELD_PLAIN},
    {"item", SETTLEMENT_DIFFERENCES_COLUMN_ITEM, FIELD_PLAIN},
    {"number", SETTLEMENT_DIFFERENCES_COLUMN_NUMBER, FIELD_PLAIN},
    {"their_fen", SETTLEMENT_DIFFERENCES_COLUMN_THEIR_FEN, FIELD_PLAIN},
    {"our_fen", SETTLEMENT_DIFFERENCES_COLUMN_OUR_FEN, FIELD_PLAIN},
    {"pool_code", SETTLEMENT_DIFFERENCES_COLUMN_POOL_CODE, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = SETTLEMENT_DIFFERENCES_COLUMN_PLACE};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *kind = &request->args[LIST_SETTLEMENT_DIFFERENCES_KIND];
    struct page *page;
    int64_t after_place = 0;
    enum problem problem =
        list_begin(request, LIST_SETTLEMENT_DIFFERENCES_LIMIT, LIST_SETTLEMENT_DIFFERENCES_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && (page->keys_count != 1 || !list_key_int(page->keys[0], &after_place))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_SETTLEMENT_DIFFERENCES);
    call_uuid(call, SETTLEMENT_DIFFERENCES_PARAM_SETTLEMENT_ID,
              request->args[LIST_SETTLEMENT_DIFFERENCES_SETTLEMENT_ID].uuid);
    settlement_bind_reader(request, call, SETTLEMENT_DIFFERENCES_PARAM_PROVIDER_ID,
                           SETTLEMENT_DIFFERENCES_PARAM_VISIBLE);
    call_int(call, SETTLEMENT_DIFFERENCES_PARAM_AFTER_PLACE, after_place);
    if (kind->present) {
        call_text(call, SETTLEMENT_DIFFERENCES_PARAM_KIND, kind->text);
    }
    call_int(call, SETTLEMENT_DIFFERENCES_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    int64_t place = row_int(rows, row, SETTLEMENT_DIFFERENCES_COLUMN_PLACE);
    const char *text = arena_printf(request->arena, "%lld", (long long)place);
    keys[0] = text == NULL ? (struct span){0} : span_of(text);
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_settlement_differences_handler = {.bind = bind, .render = render};
