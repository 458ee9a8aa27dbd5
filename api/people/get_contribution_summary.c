/* GET /v1/people/{person_id}/contributions/summary: months counted, gaps, benefits on a day, and "if I pay on a day".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/people/coverage_findings.h"
#include "api/people/coverage_section.h"
#include "server/clock.h"
#include "server/http/reply.h"

#define FIRST_YEAR 1950
#define LAST_YEAR 2100

/* A day of the query within the calendar of coverage; faults name it otherwise. */
static int32_t day_asked(struct request *request, int arg, const char *name, int32_t missing)
{
    if (!request->args[arg].present) {
        return missing;
    }
    int32_t day = (int32_t)request->args[arg].number;
    if (day < date_from_civil(FIRST_YEAR, 1, 1)) {
        request_fault(request, ARG_QUERY, name, "too_small", NULL);
    }
    if (day > date_from_civil(LAST_YEAR, 12, 31)) {
        request_fault(request, ARG_QUERY, name, "too_large", NULL);
    }
    return day;
}

static void read_days(struct request *request, struct coverage_case *one)
{
    int32_t on = day_asked(request, GET_CONTRIBUTION_SUMMARY_ON, "on", clock_date_of(clock_business_us()));
    int32_t payment = day_asked(request, GET_CONTRIBUTION_SUMMARY_IF_PAID_ON, "if_paid_on", on);
    if (request->faults_count == 0 && payment < on) {
        request_fault(request, ARG_QUERY, "if_paid_on", "too_small", NULL);
    }
    one->days[MOMENT_ON] = on;
    one->days[MOMENT_PAYMENT] = payment;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[GET_CONTRIBUTION_SUMMARY_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct coverage_case *one = arena_alloc(request->arena, sizeof *one);
    if (one == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = one;
    one->person_id = person_id;
    one->asks_rules = true;
    read_days(request, one);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_COVERAGE_HISTORY);
    call_int(call, COVERAGE_HISTORY_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, COVERAGE_HISTORY_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, COVERAGE_HISTORY_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

/* Those asked for; else those the person has anything in; else both. */
static void choose_sections(const struct request *request, struct coverage_case *one)
{
    const struct arg *asked = &request->args[GET_CONTRIBUTION_SUMMARY_SCHEME];
    bool has_any =
        one->sections[COVERAGE_EMPLOYEE].pool.code.length > 0 || one->sections[COVERAGE_RESIDENT].pool.code.length > 0;
    for (int i = 0; i < COVERAGE_SCHEMES; i++) {
        struct coverage_section *section = &one->sections[i];
        section->is_asked = asked->present ? span_equal(asked->text, coverage_scheme_text((enum coverage_scheme)i))
                                           : !has_any || section->pool.code.length > 0;
    }
}

static void bind_pool(struct call *call, int param, const struct coverage_section *section)
{
    call_text(call, param, section->pool.code.length > 0 ? section->pool.code : SPAN("000000"));
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    struct coverage_case *one = request->state;
    if (!one->asks_rules) {
        return PROBLEM_NONE;
    }
    one->asks_rules = false;
    if (!coverage_case_read(request, rows, one)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (!one->is_found) {
        return PROBLEM_NOT_FOUND;
    }
    choose_sections(request, one);
    call_init(call, STATEMENT_COVERAGE_RULES);
    bind_pool(call, COVERAGE_RULES_PARAM_EMPLOYEE_POOL_CODE, &one->sections[COVERAGE_EMPLOYEE]);
    bind_pool(call, COVERAGE_RULES_PARAM_RESIDENT_POOL_CODE, &one->sections[COVERAGE_RESIDENT]);
    call_date(call, COVERAGE_RULES_PARAM_ON_DAY, one->days[MOMENT_ON]);
    call_date(call, COVERAGE_RULES_PARAM_PAYMENT_DAY, one->days[MOMENT_PAYMENT]);
    return PROBLEM_NONE;
}

/* The scheme that gives most: covered before waiting before stopped; of equals the employee scheme. */
static void write_benefits(struct json_writer *writer, const struct coverage_case *one)
{
    int best = COVERAGE_SCHEMES;
    for (int i = 0; i < COVERAGE_SCHEMES; i++) {
        const struct coverage_section *section = &one->sections[i];
        bool is_told = section->is_asked && section->rule_rows[MOMENT_ON] >= 0;
        if (is_told && (best == COVERAGE_SCHEMES || section->answers[MOMENT_ON].benefits.status <
                                                        one->sections[best].answers[MOMENT_ON].benefits.status)) {
            best = i;
        }
    }
    struct coverage_benefits unknown = {.since = COVERAGE_NONE, .starts_on = COVERAGE_NONE};
    const struct coverage_benefits *benefits =
        best == COVERAGE_SCHEMES ? &unknown : &one->sections[best].answers[MOMENT_ON].benefits;
    json_key(writer, "benefits");
    json_object_open(writer);
    json_key(writer, "status");
    json_text(writer, best == COVERAGE_SCHEMES ? SPAN("unknown") : coverage_status_text(benefits->status));
    json_key(writer, "scheme");
    if (best == COVERAGE_SCHEMES || benefits->status > COVERAGE_STOPPED) {
        json_null_value(writer);
    } else {
        json_text(writer, coverage_scheme_text((enum coverage_scheme)best));
    }
    coverage_write_date(writer, "since", benefits->since);
    coverage_write_date(writer, "starts_on", benefits->starts_on);
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct coverage_case *one = request->state;
    if (!coverage_case_answer(request, rows, one)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "person_id");
    json_uuid(&writer, one->person_id);
    coverage_write_date(&writer, "on", one->days[MOMENT_ON]);
    coverage_write_date(&writer, "if_paid_on", one->days[MOMENT_PAYMENT]);
    write_benefits(&writer, one);
    json_key(&writer, "schemes");
    json_array_open(&writer);
    for (int i = 0; i < COVERAGE_SCHEMES; i++) {
        if (one->sections[i].is_asked) {
            coverage_write_section(&writer, request, one, (enum coverage_scheme)i, rows);
        }
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_contribution_summary_handler = {.bind = bind, .proceed = proceed, .render = render};
