/* What a statement of coverage says of one scheme, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/coverage_section.h"
#include "api/access.h"
#include "api/coverage/counts.h"
#include "api/coverage/employee.h"
#include "api/people/coverage_findings.h"
#include "api/people/coverage_rules.h"

struct span coverage_status_text(enum coverage_status status)
{
    switch (status) {
    case COVERAGE_COVERED:
        return SPAN("covered");
    case COVERAGE_WAITING:
        return SPAN("waiting");
    case COVERAGE_STOPPED:
        return SPAN("stopped");
    case COVERAGE_NEVER:
        return SPAN("never_paid");
    case COVERAGE_DECEASED:
        return SPAN("deceased");
    }
    return SPAN("unknown");
}

static void write_int(struct json_writer *writer, const char *key, int32_t value)
{
    json_key(writer, key);
    json_int(writer, value);
}

static void write_int_or_null(struct json_writer *writer, const char *key, bool is_told, int32_t value)
{
    json_key(writer, key);
    if (is_told) {
        json_int(writer, value);
    } else {
        json_null_value(writer);
    }
}

static void write_bool(struct json_writer *writer, const char *key, bool value)
{
    json_key(writer, key);
    json_bool(writer, value);
}

/* Null for what the reader may not know, or what there is none of. */
static void write_pool(struct json_writer *writer, struct span code, struct span name)
{
    json_key(writer, "region_code");
    if (code.length == 0) {
        json_null_value(writer);
    } else {
        json_text(writer, code);
    }
    json_key(writer, "region_name");
    if (code.length == 0) {
        json_null_value(writer);
    } else {
        json_text(writer, name);
    }
}

static int32_t deemed_record_months(const struct coverage_case *one)
{
    bool has_rule = one->sections[COVERAGE_EMPLOYEE].rule_rows[MOMENT_ON] >= 0;
    return has_rule ? one->employee_rules[MOMENT_ON].deemed_record_months : 1;
}

static void write_counts(struct json_writer *writer, const struct coverage_case *one, enum coverage_scheme scheme)
{
    struct coverage_counts counts;
    int32_t on = one->days[MOMENT_ON], deemed = deemed_record_months(one);
    coverage_count(&one->history, scheme, deemed, on, COVERAGE_ALL_POOLS, &counts);
    write_int(writer, "months_counted", counts.months);
    write_int(writer, "months_deemed", counts.deemed);
    write_int(writer, "months_back_paid", counts.back_paid);
    coverage_write_month(writer, "first_period", counts.first);
    coverage_write_month(writer, "last_period", counts.last);
    json_key(writer, "regions");
    json_array_open(writer);
    for (int32_t pool = 0; pool < one->pools_count; pool++) {
        coverage_count(&one->history, scheme, deemed, on, pool, &counts);
        if (counts.months > 0) {
            json_object_open(writer);
            write_pool(writer, one->pools[pool].code, one->pools[pool].name);
            write_int(writer, "months_counted", counts.months);
            coverage_write_month(writer, "first_period", counts.first);
            coverage_write_month(writer, "last_period", counts.last);
            json_object_close(writer);
        }
    }
    json_array_close(writer);
}

/* docs/rules.md 2: "whether the account stays usable while suspended is a regional flag"; residents have none. */
static void write_usable(struct json_writer *writer, const struct coverage_case *one, enum coverage_scheme scheme,
                         enum coverage_status status)
{
    json_key(writer, "account_usable");
    if (scheme == COVERAGE_RESIDENT || status == COVERAGE_NEVER || status == COVERAGE_DECEASED) {
        json_null_value(writer);
    } else {
        json_bool(writer, status != COVERAGE_STOPPED || one->employee_rules[MOMENT_ON].usable_while_suspended);
    }
}

static void write_benefits(struct json_writer *writer, const struct request *request, const struct coverage_case *one,
                           enum coverage_scheme scheme, const struct rows *rows)
{
    const struct coverage_section *section = &one->sections[scheme];
    const struct coverage_benefits *benefits = &section->answers[MOMENT_ON].benefits;
    bool has_rule = section->rule_rows[MOMENT_ON] >= 0;
    struct coverage_findings none = {0};
    json_key(writer, "benefits");
    json_object_open(writer);
    json_key(writer, "status");
    json_text(writer, has_rule ? coverage_status_text(benefits->status) : SPAN("unknown"));
    coverage_write_date(writer, "since", has_rule ? benefits->since : COVERAGE_NONE);
    coverage_write_date(writer, "starts_on", has_rule ? benefits->starts_on : COVERAGE_NONE);
    write_int(writer, "waiting_months", has_rule ? benefits->waiting_months : 0);
    write_usable(writer, one, scheme, has_rule ? benefits->status : COVERAGE_NEVER);
    coverage_write_findings(writer, request, has_rule ? &benefits->findings : &none, rows,
                            section->rule_rows[MOMENT_ON]);
    json_object_close(writer);
}

static void write_gaps(struct json_writer *writer, const struct request *request,
                       const struct coverage_section *section, const struct rows *rows)
{
    const struct coverage_answer *answer = &section->answers[MOMENT_ON];
    json_key(writer, "gaps");
    json_array_open(writer);
    for (size_t i = 0; section->rule_rows[MOMENT_ON] >= 0 && i < answer->gaps_count; i++) {
        const struct coverage_gap *gap = &answer->gaps[i];
        json_object_open(writer);
        coverage_write_month(writer, "from", gap->from);
        coverage_write_month(writer, "to", gap->to);
        write_int(writer, "length", gap->length);
        write_int(writer, "missing", gap->missing);
        write_bool(writer, "is_open", gap->is_open);
        write_bool(writer, "can_back_pay", gap->can_back_pay);
        coverage_write_date(writer, "back_pay_until", gap->back_pay_until);
        coverage_write_findings(writer, request, &gap->findings, rows, section->rule_rows[MOMENT_ON]);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void write_payment(struct json_writer *writer, const struct request *request,
                          const struct coverage_section *section, const struct rows *rows)
{
    const struct coverage_payment *payment = &section->answers[MOMENT_PAYMENT].payment;
    json_key(writer, "if_paid");
    if (section->rule_rows[MOMENT_PAYMENT] < 0) {
        json_null_value(writer);
        return;
    }
    json_object_open(writer);
    coverage_write_date(writer, "benefits_from", payment->benefits_from);
    coverage_write_date(writer, "benefits_from_with_back_payment", payment->benefits_from_with_back_payment);
    coverage_write_month(writer, "back_pay_from", payment->back_pay_from);
    coverage_write_month(writer, "back_pay_to", payment->back_pay_to);
    write_int(writer, "back_pay_length", payment->back_pay_length);
    write_int(writer, "waiting_months", payment->waiting_months);
    coverage_write_date(writer, "pay_until", payment->pay_until);
    coverage_write_findings(writer, request, &payment->findings, rows, section->rule_rows[MOMENT_PAYMENT]);
    json_object_close(writer);
}

/* Null for whoever is retired already, for residents, and where the rule does not state the years. */
static void write_retirement(struct json_writer *writer, const struct request *request, const struct coverage_case *one,
                             enum coverage_scheme scheme, const struct rows *rows)
{
    const struct coverage_employee_rule *rule = &one->employee_rules[MOMENT_ON];
    const struct coverage_person *person = &one->history.person;
    int32_t on = one->days[MOMENT_ON], row = one->sections[scheme].rule_rows[MOMENT_ON], required = 0;
    bool is_retired = person->retired_on != COVERAGE_NONE && person->retired_on <= on;
    json_key(writer, "retirement");
    if (scheme == COVERAGE_RESIDENT || row < 0 || is_retired || rule->retirement_years_male == 0) {
        json_null_value(writer);
        return;
    }
    struct coverage_counts counts;
    struct coverage_findings findings = {0};
    bool is_told = employee_retirement_months(rule, person->sex, &required);
    coverage_count(&one->history, scheme, rule->deemed_record_months, on, COVERAGE_ALL_POOLS, &counts);
    int32_t missing = required > counts.months ? required - counts.months : 0;
    struct coverage_finding *finding =
        coverage_add(&findings, is_told ? FINDING_retirement_years : FINDING_sex_unknown);
    if (is_told) {
        coverage_value(finding, VALUE_OF_required_months, required);
        coverage_value(finding, VALUE_OF_counted_months, counts.months);
        coverage_value(finding, VALUE_OF_missing_months, missing);
    }
    json_object_open(writer);
    write_int_or_null(writer, "required_months", is_told, required);
    write_int_or_null(writer, "missing_months", is_told, missing);
    write_int_or_null(writer, "missing_years", is_told, (missing + 11) / 12);
    coverage_write_findings(writer, request, &findings, rows, row);
    json_object_close(writer);
}

void coverage_write_section(struct json_writer *writer, const struct request *request, const struct coverage_case *one,
                            enum coverage_scheme scheme, const struct rows *rows)
{
    const struct coverage_section *section = &one->sections[scheme];
    bool is_visible = section->pool.code.length > 0 && access_may_see(request, one->person_id, section->pool.code);
    json_object_open(writer);
    json_key(writer, "scheme");
    json_text(writer, coverage_scheme_text(scheme));
    write_pool(writer, is_visible ? section->pool.code : SPAN(""), section->pool.name);
    write_counts(writer, one, scheme);
    write_benefits(writer, request, one, scheme, rows);
    write_gaps(writer, request, section, rows);
    write_payment(writer, request, section, rows);
    write_retirement(writer, request, one, scheme, rows);
    json_key(writer, "rule");
    if (section->rule_rows[MOMENT_ON] < 0) {
        json_null_value(writer);
    } else {
        coverage_write_rule(writer, rows, section->rule_rows[MOMENT_ON], scheme);
    }
    json_object_close(writer);
}
