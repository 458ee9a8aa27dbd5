/* GET /v1/people/{person_id}/contributions: every record, newest period first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"contribution_id", PERSON_CONTRIBUTIONS_COLUMN_CONTRIBUTION_ID, FIELD_PLAIN},
    {"region_code", PERSON_CONTRIBUTIONS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"scheme", PERSON_CONTRIBUTIONS_COLUMN_SCHEME, FIELD_PLAIN},
    {"period", PERSON_CONTRIBUTIONS_COLUMN_PERIOD, FIELD_MONTH},
    {"kind", PERSON_CONTRIBUTIONS_COLUMN_KIND, FIELD_PLAIN},
    {"status", PERSON_CONTRIBUTIONS_COLUMN_STATUS, FIELD_PLAIN},
    {"base_fen", PERSON_CONTRIBUTIONS_COLUMN_BASE_FEN, FIELD_PLAIN},
    {"personal_fen", PERSON_CONTRIBUTIONS_COLUMN_PERSONAL_FEN, FIELD_PLAIN},
    {"employer_fen", PERSON_CONTRIBUTIONS_COLUMN_EMPLOYER_FEN, FIELD_PLAIN},
    {"subsidy_fen", PERSON_CONTRIBUTIONS_COLUMN_SUBSIDY_FEN, FIELD_PLAIN},
    {"paid_on", PERSON_CONTRIBUTIONS_COLUMN_PAID_ON, FIELD_PLAIN},
    {"channel", PERSON_CONTRIBUTIONS_COLUMN_CHANNEL, FIELD_PLAIN},
    {"employer_code", PERSON_CONTRIBUTIONS_COLUMN_EMPLOYER_CODE, FIELD_PLAIN},
    {"source_document", PERSON_CONTRIBUTIONS_COLUMN_SOURCE_DOCUMENT, FIELD_PLAIN},
    {"recorded_at", PERSON_CONTRIBUTIONS_COLUMN_RECORDED_AT, FIELD_PLAIN},
    {"origin_contribution_id", PERSON_CONTRIBUTIONS_COLUMN_ORIGIN_CONTRIBUTION_ID, FIELD_PLAIN},
};

static const struct list list = {.fields = fields,
                                 .fields_count = sizeof fields / sizeof *fields,
                                 .presence = PERSON_CONTRIBUTIONS_COLUMN_CONTRIBUTION_ID};

static void bind_text(struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

/* Without a bound the range is the calendar's: the statement stays one range of the key. */
static void bind_periods(struct request *request, struct call *call)
{
    const struct arg *from = &request->args[LIST_PERSON_CONTRIBUTIONS_FROM];
    const struct arg *to = &request->args[LIST_PERSON_CONTRIBUTIONS_TO];
    if (from->present && to->present && from->number > to->number) {
        request_fault(request, ARG_QUERY, "to", "too_small", NULL);
    }
    int32_t from_month = from->present ? (int32_t)from->number : 12 * 1900;
    int32_t to_month = to->present ? (int32_t)to->number : 12 * 9999 + 11;
    call_date(call, PERSON_CONTRIBUTIONS_PARAM_FROM_MONTH, date_from_civil(from_month / 12, from_month % 12 + 1, 1));
    call_date(call, PERSON_CONTRIBUTIONS_PARAM_FROM_YEAR, date_from_civil(from_month / 12, 1, 1));
    call_date(call, PERSON_CONTRIBUTIONS_PARAM_TO_MONTH, date_from_civil(to_month / 12, to_month % 12 + 1, 1));
}

static bool bind_position(const struct page *page, struct call *call)
{
    int32_t before_period =
        date_from_civil(9999, 12, 31); /* later than any period, so that the other parts do not matter */
    if (page->continued && (page->keys_count != 4 || !date_parse(page->keys[0], &before_period))) {
        return false;
    }
    call_date(call, PERSON_CONTRIBUTIONS_PARAM_BEFORE_PERIOD, before_period);
    call_text(call, PERSON_CONTRIBUTIONS_PARAM_BEFORE_SCHEME, page->continued ? page->keys[1] : SPAN(""));
    call_text(call, PERSON_CONTRIBUTIONS_PARAM_BEFORE_KIND, page->continued ? page->keys[2] : SPAN(""));
    call_text(call, PERSON_CONTRIBUTIONS_PARAM_BEFORE_SOURCE_DOCUMENT, page->continued ? page->keys[3] : SPAN(""));
    call_int(call, PERSON_CONTRIBUTIONS_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_CONTRIBUTIONS_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_CONTRIBUTIONS);
    call_int(call, PERSON_CONTRIBUTIONS_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_CONTRIBUTIONS_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_CONTRIBUTIONS_PARAM_VISIBLE);
    bind_periods(request, call);
    bind_text(request, LIST_PERSON_CONTRIBUTIONS_SCHEME, call, PERSON_CONTRIBUTIONS_PARAM_SCHEME);
    bind_text(request, LIST_PERSON_CONTRIBUTIONS_REGION, call, PERSON_CONTRIBUTIONS_PARAM_POOL_CODE);
    bind_text(request, LIST_PERSON_CONTRIBUTIONS_STATUS, call, PERSON_CONTRIBUTIONS_PARAM_STATUS);
    bind_text(request, LIST_PERSON_CONTRIBUTIONS_KIND, call, PERSON_CONTRIBUTIONS_PARAM_KIND);
    struct page *page;
    problem = list_begin(request, LIST_PERSON_CONTRIBUTIONS_LIMIT, LIST_PERSON_CONTRIBUTIONS_CURSOR, &page);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char period[11];
    date_format(row_date(rows, row, PERSON_CONTRIBUTIONS_COLUMN_PERIOD), period);
    keys[0] = span_of(arena_copy(request->arena, span_of(period)));
    keys[1] = row_text(rows, row, PERSON_CONTRIBUTIONS_COLUMN_SCHEME);
    keys[2] = row_text(rows, row, PERSON_CONTRIBUTIONS_COLUMN_KIND);
    keys[3] = row_text(rows, row, PERSON_CONTRIBUTIONS_COLUMN_SOURCE_DOCUMENT);
    return 4;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_person_contributions_handler = {.bind = bind, .render = render};
