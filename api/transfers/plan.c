/* Tells which way a transfer would go and why, what becomes of the money, and all that speaks against it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/transfers/plan.h"
#include "api/access.h"
#include "api/fields.h"
#include "api/transfers/transfer_words.h"
#include "server/clock.h"

static const struct field from[] = {
    {"region_code", TRANSFER_PLAN_COLUMN_FROM_POOL_CODE, FIELD_PLAIN},
    {"region_name", TRANSFER_PLAN_COLUMN_FROM_POOL_NAME, FIELD_PLAIN},
    {"scheme", TRANSFER_PLAN_COLUMN_FROM_SCHEME, FIELD_PLAIN},
    {"enrolment_id", TRANSFER_PLAN_COLUMN_FROM_ENROLMENT_ID, FIELD_PLAIN},
    {"account_id", TRANSFER_PLAN_COLUMN_FROM_ACCOUNT_ID, FIELD_PLAIN},
};

struct span transfer_to_scheme(const struct request *request)
{
    const struct arg *scheme = &request->args[CREATE_TRANSFER_TO_SCHEME];
    return scheme->present ? scheme->text : SPAN("employee");
}

enum problem transfer_plan_bind(struct request *request, struct uuid person_id, struct call *call)
{
    const struct arg *args = request->args;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_TRANSFER_PLAN);
    call_int(call, TRANSFER_PLAN_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, TRANSFER_PLAN_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, TRANSFER_PLAN_PARAM_VISIBLE);
    call_text(call, TRANSFER_PLAN_PARAM_TO_REGION_CODE, args[CREATE_TRANSFER_TO_POOL_CODE].text);
    call_text(call, TRANSFER_PLAN_PARAM_TO_SCHEME, transfer_to_scheme(request));
    call_bool(call, TRANSFER_PLAN_PARAM_HAS_BANK_CARD, args[CREATE_TRANSFER_BANK_CARD].present);
    call_date(call, TRANSFER_PLAN_PARAM_TODAY, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static void write_text(struct json_writer *writer, const char *name, struct span value)
{
    json_key(writer, name);
    if (value.length == 0) {
        json_null_value(writer);
    } else {
        json_text(writer, value);
    }
}

/* "name": [{code, text}, …] of words joined by commas. */
static void write_codes(struct json_writer *writer, const char *name, struct span joined, enum language language,
                        struct span (*text_of)(struct span code, enum language language))
{
    json_key(writer, name);
    json_array_open(writer);
    while (joined.length > 0) {
        const char *comma = memchr(joined.bytes, ',', joined.length);
        struct span code = {.bytes = joined.bytes,
                            .length = comma == NULL ? joined.length : (size_t)(comma - joined.bytes)};
        size_t taken = comma == NULL ? code.length : code.length + 1;
        joined = (struct span){.bytes = joined.bytes + taken, .length = joined.length - taken};
        json_object_open(writer);
        write_text(writer, "code", code);
        write_text(writer, "text", text_of(code, language));
        json_object_close(writer);
    }
    json_array_close(writer);
}

/* days_column -1: no desk has it, and no clock runs. */
static void write_step(struct json_writer *writer, const struct rows *rows, const char *step, const char *desk,
                       int days_column, enum language language)
{
    bool is_out = desk != NULL && strcmp(desk, "out") == 0;
    json_object_open(writer);
    write_text(writer, "step", span_of(step));
    write_text(writer, "desk", span_of(desk == NULL ? "" : desk));
    write_text(
        writer, "region_code",
        desk == NULL
            ? SPAN("")
            : row_text(rows, 0, is_out ? TRANSFER_PLAN_COLUMN_FROM_POOL_CODE : TRANSFER_PLAN_COLUMN_TO_POOL_CODE));
    json_key(writer, "working_days");
    if (days_column < 0) {
        json_null_value(writer);
    } else {
        json_int(writer, row_int(rows, 0, days_column));
    }
    write_text(writer, "text", transfer_step_text(span_of(step), language));
    json_object_close(writer);
}

static void write_steps(struct json_writer *writer, const struct rows *rows, struct span way, enum language language)
{
    json_key(writer, "steps");
    json_array_open(writer);
    if (way.length > 0) {
        write_step(writer, rows, "check", "out", TRANSFER_PLAN_COLUMN_OUT_CHECK_DAYS, language);
        bool is_paid_out = span_equal(way, SPAN("payout"));
        if (!is_paid_out) {
            write_step(writer, rows, "check", "in", TRANSFER_PLAN_COLUMN_IN_CHECK_DAYS, language);
        }
        write_step(writer, rows, "out_review", "out", TRANSFER_PLAN_COLUMN_OUT_REVIEW_DAYS, language);
        if (is_paid_out) {
            write_step(writer, rows, "payout", NULL, -1, language);
        } else {
            write_step(writer, rows, "in_review", "in", TRANSFER_PLAN_COLUMN_IN_REVIEW_DAYS, language);
        }
    }
    json_array_close(writer);
}

static void write_sides(struct json_writer *writer, const struct request *request, const struct rows *rows)
{
    json_key(writer, "from");
    if (row_is_null(rows, 0, TRANSFER_PLAN_COLUMN_FROM_POOL_CODE)) {
        json_null_value(writer);
    } else {
        fields_write_object(writer, FIELDS(from), rows, 0);
    }
    json_key(writer, "to");
    json_object_open(writer);
    write_text(writer, "region_code", row_text(rows, 0, TRANSFER_PLAN_COLUMN_TO_POOL_CODE));
    write_text(writer, "region_name", row_text(rows, 0, TRANSFER_PLAN_COLUMN_TO_POOL_NAME));
    write_text(writer, "scheme", transfer_to_scheme(request));
    static const struct field enrolment[] = {{"enrolment_id", TRANSFER_PLAN_COLUMN_TO_ENROLMENT_ID, FIELD_PLAIN}};
    fields_write(writer, FIELDS(enrolment), rows, 0);
    json_object_close(writer);
}

/* What the old account holds is for the person and for who sees that pool. */
static void write_money(struct json_writer *writer, const struct request *request, const struct rows *rows)
{
    struct span effect = row_text(rows, 0, TRANSFER_PLAN_COLUMN_MONEY);
    bool is_shown = !row_is_null(rows, 0, TRANSFER_PLAN_COLUMN_BALANCE_FEN) &&
                    (request->principal.kind == PRINCIPAL_CITIZEN ||
                     access_covers(&request->principal, row_text(rows, 0, TRANSFER_PLAN_COLUMN_FROM_POOL_CODE)));
    json_key(writer, "money");
    if (effect.length == 0) {
        json_null_value(writer);
        return;
    }
    json_object_open(writer);
    write_text(writer, "effect", effect);
    json_key(writer, "balance_fen");
    if (is_shown) {
        json_int(writer, row_int(rows, 0, TRANSFER_PLAN_COLUMN_BALANCE_FEN));
    } else {
        json_null_value(writer);
    }
    write_text(writer, "text", transfer_money_text(effect, request->language));
    json_object_close(writer);
}

enum problem transfer_plan_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum language language = request->language;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    if (row_is_null(rows, 0, TRANSFER_PLAN_COLUMN_TO_POOL_CODE)) {
        request_fault(request, ARG_BODY, "to_pool_code", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    struct span way = row_text(rows, 0, TRANSFER_PLAN_COLUMN_WAY);
    struct span refusals = row_text(rows, 0, TRANSFER_PLAN_COLUMN_REFUSALS);
    static const struct field due_on[] = {{"due_on", TRANSFER_PLAN_COLUMN_DUE_ON, FIELD_PLAIN}};
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "is_possible");
    json_bool(&writer, refusals.length == 0);
    write_text(&writer, "way", way);
    write_codes(&writer, "reasons", row_text(rows, 0, TRANSFER_PLAN_COLUMN_REASONS), language, transfer_reason_text);
    write_sides(&writer, request, rows);
    write_money(&writer, request, rows);
    write_steps(&writer, rows, way, language);
    fields_write(&writer, FIELDS(due_on), rows, 0);
    json_key(&writer, "documents");
    json_raw(&writer,
             row_text(rows, 0,
                      language == LANGUAGE_EN ? TRANSFER_PLAN_COLUMN_DOCUMENTS_EN : TRANSFER_PLAN_COLUMN_DOCUMENTS_ZH));
    write_codes(&writer, "refusals", refusals, language, transfer_refusal_text);
    write_codes(&writer, "warnings", row_text(rows, 0, TRANSFER_PLAN_COLUMN_WARNINGS), language, transfer_refusal_text);
    write_text(&writer, "withdrawal_reason", row_text(rows, 0, TRANSFER_PLAN_COLUMN_WITHDRAWAL_REASON));
    json_object_close(&writer);
    return PROBLEM_NONE;
}
