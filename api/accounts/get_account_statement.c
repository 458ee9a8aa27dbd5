/* GET /v1/accounts/{account_id}/statements/{month}: the balance before, what moved it, and the balance after. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/accounts/charge_detail.h"
#include "api/api.h"
#include "api/list.h"
#include "server/clock.h"
#include <inttypes.h>

static const struct field balance_fields[] = {
    {"balance_fen", ACCOUNT_STATEMENT_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    {"current_year_fen", ACCOUNT_STATEMENT_COLUMN_CURRENT_YEAR_AFTER_FEN, FIELD_PLAIN},
    {"carried_over_fen", ACCOUNT_STATEMENT_COLUMN_CARRIED_OVER_AFTER_FEN, FIELD_PLAIN},
};

static const struct field total_fields[] = {
    {"entries_count", ACCOUNT_STATEMENT_COLUMN_ENTRIES_COUNT, FIELD_PLAIN},
    {"credits_fen", ACCOUNT_STATEMENT_COLUMN_CREDITS_FEN, FIELD_PLAIN},
    {"debits_fen", ACCOUNT_STATEMENT_COLUMN_DEBITS_FEN, FIELD_PLAIN},
};

static const struct field sum_fields[] = {
    {"kind", ACCOUNT_STATEMENT_COLUMN_KIND, FIELD_PLAIN},
    {"part", ACCOUNT_STATEMENT_COLUMN_PART, FIELD_PLAIN},
    {"direction", ACCOUNT_STATEMENT_COLUMN_DIRECTION, FIELD_PLAIN},
    {"entries_count", ACCOUNT_STATEMENT_COLUMN_ENTRIES_COUNT, FIELD_PLAIN},
    {"amount_fen", ACCOUNT_STATEMENT_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
};

/* As those of GET …/entries. */
static const struct field entry_fields[] = {
    {"entry_id", ACCOUNT_STATEMENT_COLUMN_ENTRY_ID, FIELD_PLAIN},
    {"operation_id", ACCOUNT_STATEMENT_COLUMN_OPERATION_ID, FIELD_PLAIN},
    {"seq", ACCOUNT_STATEMENT_COLUMN_SEQ, FIELD_PLAIN},
    {"kind", ACCOUNT_STATEMENT_COLUMN_KIND, FIELD_PLAIN},
    {"part", ACCOUNT_STATEMENT_COLUMN_PART, FIELD_PLAIN},
    {"direction", ACCOUNT_STATEMENT_COLUMN_DIRECTION, FIELD_PLAIN},
    {"amount_fen", ACCOUNT_STATEMENT_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"balance_after_fen", ACCOUNT_STATEMENT_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    {"current_year_after_fen", ACCOUNT_STATEMENT_COLUMN_CURRENT_YEAR_AFTER_FEN, FIELD_PLAIN},
    {"carried_over_after_fen", ACCOUNT_STATEMENT_COLUMN_CARRIED_OVER_AFTER_FEN, FIELD_PLAIN},
    {"business_date", ACCOUNT_STATEMENT_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"posted_at", ACCOUNT_STATEMENT_COLUMN_POSTED_AT, FIELD_PLAIN},
    {"reference", ACCOUNT_STATEMENT_COLUMN_REFERENCE, FIELD_PLAIN},
    {"linked_entry_id", ACCOUNT_STATEMENT_COLUMN_LINKED_ENTRY_ID, FIELD_PLAIN},
    CHARGE_DETAIL_FIELDS(ACCOUNT_STATEMENT),
};

static const struct field csv_fields[] = {
    {"line", ACCOUNT_STATEMENT_COLUMN_LINE, FIELD_PLAIN},
    {"kind", ACCOUNT_STATEMENT_COLUMN_KIND, FIELD_PLAIN},
    {"part", ACCOUNT_STATEMENT_COLUMN_PART, FIELD_PLAIN},
    {"direction", ACCOUNT_STATEMENT_COLUMN_DIRECTION, FIELD_PLAIN},
    {"entries_count", ACCOUNT_STATEMENT_COLUMN_ENTRIES_COUNT, FIELD_PLAIN},
    {"credits_fen", ACCOUNT_STATEMENT_COLUMN_CREDITS_FEN, FIELD_PLAIN},
    {"debits_fen", ACCOUNT_STATEMENT_COLUMN_DEBITS_FEN, FIELD_PLAIN},
    {"amount_fen", ACCOUNT_STATEMENT_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"balance_after_fen", ACCOUNT_STATEMENT_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    {"current_year_after_fen", ACCOUNT_STATEMENT_COLUMN_CURRENT_YEAR_AFTER_FEN, FIELD_PLAIN},
    {"carried_over_after_fen", ACCOUNT_STATEMENT_COLUMN_CARRIED_OVER_AFTER_FEN, FIELD_PLAIN},
    {"business_date", ACCOUNT_STATEMENT_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"posted_at", ACCOUNT_STATEMENT_COLUMN_POSTED_AT, FIELD_PLAIN},
    {"settled", ACCOUNT_STATEMENT_COLUMN_SETTLED, FIELD_PLAIN},
    {"reference", ACCOUNT_STATEMENT_COLUMN_REFERENCE, FIELD_PLAIN},
    {"seq", ACCOUNT_STATEMENT_COLUMN_SEQ, FIELD_PLAIN},
    {"entry_id", ACCOUNT_STATEMENT_COLUMN_ENTRY_ID, FIELD_PLAIN},
    {"operation_id", ACCOUNT_STATEMENT_COLUMN_OPERATION_ID, FIELD_PLAIN},
    {"linked_entry_id", ACCOUNT_STATEMENT_COLUMN_LINKED_ENTRY_ID, FIELD_PLAIN},
};

/* Where each kind of line begins; the closing one is the last. */
struct lines {
    int entries, sums, closing;
    int shown; /* end of the entries on this page */
    bool has_more;
};

/* The month's first instant in Shanghai; months as month_parse counts them. */
static int64_t starts_at_us(int32_t month)
{
    return clock_instant_of_date(date_from_civil(month / 12, month % 12 + 1, 1));
}

static enum problem bind_month(struct request *request, struct call *call)
{
    int32_t month = (int32_t)request->args[GET_ACCOUNT_STATEMENT_MONTH].number;
    int64_t starts_us = starts_at_us(month);
    int64_t ends_us = starts_at_us(month + 1);
    int64_t now_us = clock_business_us();
    if (starts_us > now_us) {
        request_fault(request, ARG_PATH, "month", "too_large", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    call_instant(call, ACCOUNT_STATEMENT_PARAM_BEFORE_INSTANT, starts_us);
    call_instant(call, ACCOUNT_STATEMENT_PARAM_AS_OF, now_us < ends_us ? now_us : ends_us - 1);
    call_bool(call, ACCOUNT_STATEMENT_PARAM_SETTLED, now_us - ends_us >= api_settling_us());
    return PROBLEM_NONE;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_STATEMENT_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_STATEMENT);
    call_int(call, ACCOUNT_STATEMENT_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_STATEMENT_PARAM_ACCOUNT_ID, account_id);
    problem = bind_month(request, call);
    struct page *page = NULL;
    if (problem == PROBLEM_NONE) {
        problem = list_begin(request, GET_ACCOUNT_STATEMENT_LIMIT, GET_ACCOUNT_STATEMENT_CURSOR, &page);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    int64_t after_seq = 0;
    if (page->continued && (page->keys_count != 1 || !list_key_int(page->keys[0], &after_seq))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_int(call, ACCOUNT_STATEMENT_PARAM_AFTER_SEQ, after_seq);
    call_int(call, ACCOUNT_STATEMENT_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static struct lines lines_of(const struct page *page, const struct rows *rows)
{
    struct lines lines = {.entries = 1, .sums = 1, .closing = rows->count - 1};
    while (span_equal(row_text(rows, lines.sums, ACCOUNT_STATEMENT_COLUMN_LINE), SPAN("entry"))) {
        lines.sums++;
    }
    lines.has_more = lines.sums - lines.entries > page->limit;
    lines.shown = lines.has_more ? lines.entries + (int)page->limit : lines.sums;
    return lines;
}

/* Of all pages together, every line once: the first begins with the opening, the last ends with sums and closing. */
static void write_csv(const struct page *page, const struct lines *lines, const struct rows *rows, struct reply *reply)
{
    struct csv_writer csv;
    csv_writer_init(&csv, &reply->body);
    fields_write_csv_header(&csv, FIELDS(csv_fields));
    for (int row = page->continued ? lines->entries : 0; row < lines->shown; row++) {
        fields_write_csv(&csv, FIELDS(csv_fields), rows, row);
    }
    for (int row = lines->sums; row < rows->count && !lines->has_more; row++) {
        fields_write_csv(&csv, FIELDS(csv_fields), rows, row);
    }
}

static void write_objects(struct json_writer *writer, const struct field *fields, size_t count, const struct rows *rows,
                          int from, int to)
{
    json_array_open(writer);
    for (int row = from; row < to; row++) {
        fields_write_object(writer, fields, count, rows, row);
    }
    json_array_close(writer);
}

static void write_head(const struct request *request, const struct rows *rows, const struct lines *lines,
                       struct json_writer *writer)
{
    char month[8];
    month_format((int32_t)request->args[GET_ACCOUNT_STATEMENT_MONTH].number, month);
    json_key(writer, "account_id");
    json_uuid(writer, request->args[GET_ACCOUNT_STATEMENT_ACCOUNT_ID].uuid);
    json_key(writer, "region_code");
    json_text(writer, row_text(rows, 0, ACCOUNT_STATEMENT_COLUMN_POOL_CODE));
    json_key(writer, "region_name");
    json_text(writer, row_text(rows, 0, ACCOUNT_STATEMENT_COLUMN_POOL_NAME));
    json_key(writer, "month");
    json_text(writer, span_of(month));
    json_key(writer, "as_of");
    json_instant(writer, row_instant(rows, lines->closing, ACCOUNT_STATEMENT_COLUMN_POSTED_AT));
    json_key(writer, "settled");
    json_bool(writer, row_bool(rows, lines->closing, ACCOUNT_STATEMENT_COLUMN_SETTLED));
    json_key(writer, "opening");
    fields_write_object(writer, FIELDS(balance_fields), rows, 0);
    fields_write(writer, FIELDS(total_fields), rows, lines->closing);
    json_key(writer, "closing");
    fields_write_object(writer, FIELDS(balance_fields), rows, lines->closing);
    json_key(writer, "sums");
    write_objects(writer, FIELDS(sum_fields), rows, lines->sums, lines->closing);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_STATEMENT_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_STATEMENT_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    const struct page *page = request->state;
    struct lines lines = lines_of(page, rows);
    struct span key = {0};
    if (lines.has_more) {
        int64_t seq = row_int(rows, lines.shown - 1, ACCOUNT_STATEMENT_COLUMN_SEQ);
        key = span_of(arena_printf(request->arena, "%" PRId64, seq));
    }
    if (request->media == MEDIA_CSV) {
        write_csv(page, &lines, rows, reply);
        return page_end(request, reply, NULL, page, lines.has_more, &key, 1);
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    write_head(request, rows, &lines, &writer);
    json_key(&writer, "entries");
    write_objects(&writer, FIELDS(entry_fields), rows, lines.entries, lines.shown);
    enum problem problem = page_end(request, reply, &writer, page, lines.has_more, &key, 1);
    json_object_close(&writer);
    return problem;
}

const struct handler get_account_statement_handler = {.bind = bind, .render = render};
