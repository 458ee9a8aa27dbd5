/* GET /v1/hotline/contributions: the words that tell a caller what was paid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/hotline/caller.h"
#include "api/hotline/contribution_words.h"
#include "api/hotline/hotline_reply.h"
#include "server/clock.h"

#define SPAN_MONTHS 12

struct facts {
    struct contribution_facts spoken;
    int32_t to_month; /* the last of the months that months_paid is about */
    bool has_paid_on[CONTRIBUTION_RECORDS];
    int32_t paid_on[CONTRIBUTION_RECORDS];
};

static enum problem bind(struct request *request, struct call *call)
{
    static const struct caller_args args = {.number = GET_HOTLINE_CONTRIBUTIONS_CALLER_NUMBER,
                                            .pin = GET_HOTLINE_CONTRIBUTIONS_CALLER_PIN,
                                            .phone = GET_HOTLINE_CONTRIBUTIONS_CALLER_PHONE};
    return caller_bind(request, &args, call);
}

static int32_t month_of(int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    return 12 * year + month - 1;
}

/* The current month may not be paid yet without anything being wrong. */
static int32_t last_full_month(void)
{
    return month_of(clock_date_of(clock_business_us())) - 1;
}

static int32_t first_day(int32_t month)
{
    return date_from_civil(month / 12, month % 12 + 1, 1);
}

static void ask(struct request *request, int64_t person_key, struct call *call)
{
    int32_t to_month = last_full_month();
    call_init(call, STATEMENT_HOTLINE_CONTRIBUTIONS);
    call_int(call, HOTLINE_CONTRIBUTIONS_PARAM_PERSON_KEY, person_key);
    access_bind_visible(request, call, HOTLINE_CONTRIBUTIONS_PARAM_VISIBLE);
    call_date(call, HOTLINE_CONTRIBUTIONS_PARAM_FROM_MONTH, first_day(to_month - SPAN_MONTHS + 1));
    call_date(call, HOTLINE_CONTRIBUTIONS_PARAM_TO_MONTH, first_day(to_month));
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    return caller_proceed(request, rows, call, ask);
}

static void read_last_paid(const struct rows *rows, struct contribution_facts *spoken)
{
    spoken->has_last_paid = !row_is_null(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_LAST_PERIOD);
    if (spoken->has_last_paid) {
        spoken->last_paid = (struct contribution_record){
            .scheme = row_text(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_LAST_SCHEME),
            .kind = row_text(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_LAST_KIND),
            .month = month_of(row_date(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_LAST_PERIOD)),
            .personal_fen = row_int(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_LAST_PERSONAL_FEN),
        };
    }
}

static struct facts read_facts(const struct rows *rows)
{
    struct facts facts = {
        .to_month = month_of(row_date(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_TO_MONTH)),
        .spoken.is_employee = row_bool(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_IS_EMPLOYEE),
        .spoken.months_paid = (int32_t)row_int(rows, 0, HOTLINE_CONTRIBUTIONS_COLUMN_MONTHS_PAID),
    };
    read_last_paid(rows, &facts.spoken);
    for (int row = 0; row < rows->count && row < CONTRIBUTION_RECORDS; row++) {
        if (row_is_null(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_PERIOD)) {
            break;
        }
        facts.spoken.records[row] = (struct contribution_record){
            .scheme = row_text(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_SCHEME),
            .kind = row_text(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_KIND),
            .month = month_of(row_date(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_PERIOD)),
            .personal_fen = row_int(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_PERSONAL_FEN),
        };
        facts.has_paid_on[row] = !row_is_null(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_PAID_ON);
        if (facts.has_paid_on[row]) {
            facts.paid_on[row] = row_date(rows, row, HOTLINE_CONTRIBUTIONS_COLUMN_PAID_ON);
        }
        facts.spoken.records_count = row + 1;
    }
    return facts;
}

static void say(const struct speech *speech, const void *facts)
{
    contribution_words(speech, &((const struct facts *)facts)->spoken);
}

static void write_month(struct json_writer *writer, const char *key, int32_t month)
{
    char text[8];
    month_format(month, text);
    json_key(writer, key);
    json_text(writer, span_of(text));
}

/* Leaves the object open. */
static void write_record(struct json_writer *writer, const struct contribution_record *record)
{
    json_object_open(writer);
    json_key(writer, "scheme");
    json_text(writer, record->scheme);
    json_key(writer, "kind");
    json_text(writer, record->kind);
    write_month(writer, "period", record->month);
    json_key(writer, "personal_fen");
    json_int(writer, record->personal_fen);
}

static void write(struct json_writer *writer, const void *object)
{
    const struct facts *facts = object;
    const struct contribution_facts *spoken = &facts->spoken;
    write_month(writer, "from_month", facts->to_month - SPAN_MONTHS + 1);
    write_month(writer, "to_month", facts->to_month);
    json_key(writer, "months_paid");
    json_int(writer, spoken->months_paid);
    json_key(writer, "last_paid");
    if (spoken->has_last_paid) {
        write_record(writer, &spoken->last_paid);
        json_object_close(writer);
    } else {
        json_null_value(writer);
    }
    json_key(writer, "records");
    json_array_open(writer);
    for (int i = 0; i < spoken->records_count; i++) {
        write_record(writer, &spoken->records[i]);
        json_key(writer, "paid_on");
        if (facts->has_paid_on[i]) {
            json_date(writer, facts->paid_on[i]);
        } else {
            json_null_value(writer);
        }
        json_object_close(writer);
    }
    json_array_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = caller_refusal(request, reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct facts facts = read_facts(rows);
    return hotline_reply(request, reply, &facts, say, write);
}

const struct handler get_hotline_contributions_handler = {
    .bind = bind, .work = caller_work, .proceed = proceed, .render = render};
