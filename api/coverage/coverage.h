/* What the rules of coverage are asked and what they answer: plain values, no I/O, no clock. docs/coverage.md. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Dates are days since 1970-01-01, months 12 × year + month − 1 (server/clock.h); a resident year is its January. */
#define COVERAGE_NONE INT32_MIN          /* no such date or month */
#define COVERAGE_IN_TIME (INT32_MIN + 1) /* paid in time: which day does not matter */
#define COVERAGE_FIRST_YEAR 1900         /* periods of other years are left out */
#define COVERAGE_YEARS 300
#define COVERAGE_MONTHS (12 * COVERAGE_YEARS)
#define COVERAGE_FIRST_MONTH (12 * COVERAGE_FIRST_YEAR)

enum coverage_scheme { COVERAGE_EMPLOYEE, COVERAGE_RESIDENT, COVERAGE_SCHEMES };
enum coverage_sex { COVERAGE_FEMALE, COVERAGE_MALE, COVERAGE_SEX_UNKNOWN };

/* A month (employee) or year (resident) that counts in one pool; the same one may stand there for several pools. */
struct coverage_period {
    int32_t month;
    int32_t paid_on; /* or COVERAGE_IN_TIME */
    int32_t pool;    /* number of the pool in a table of the caller's */
    enum coverage_scheme scheme;
    bool is_deemed; /* a record of deemed years */
};

struct coverage_person {
    int32_t birth_date;
    int32_t deceased_on; /* or COVERAGE_NONE */
    int32_t retired_on;  /* the retirement procedure took effect; or COVERAGE_NONE */
    enum coverage_sex sex;
};

struct coverage_history {
    const struct coverage_period *periods;
    size_t periods_count;
    struct coverage_person person;
};

/* The columns of coverage_rule; a day of 0 is the last day of the month. */
struct coverage_employee_rule {
    int32_t payment_deadline_day;
    int32_t benefits_grace_months;
    int32_t back_payable_gap_months;
    int32_t waiting_months;
    int32_t bridge_min_continuous_months;
    int32_t deemed_record_months;
    int32_t retirement_years_male; /* 0: not stated */
    int32_t retirement_years_female;
    bool usable_while_suspended;
};

struct coverage_resident_rule {
    int32_t first_counted_year;
    int32_t fixed_wait_months;
    int32_t variable_wait_months;
    int32_t repaired_wait_months;
    int32_t long_break_years;
    int32_t long_break_wait_months;
    int32_t newborn_days;
    int32_t switch_gap_months; /* or COVERAGE_NONE */
    int32_t window_opens_month;
    int32_t window_opens_day;
    int32_t window_closes_month;
    int32_t window_closes_day;
    bool exempts_person; /* the person's group is one of the listed ones */
};

/* Findings: why an answer is what it is. Their names, rules and texts are in findings.def. */
enum coverage_finding_code {
#define FINDING(code, rule, zh, en) FINDING_##code,
#define VALUE(name, kind)
#include "api/coverage/findings.def"
    FINDING_COUNT
};
enum coverage_value_name {
#define FINDING(code, rule, zh, en)
#define VALUE(name, kind) VALUE_OF_##name,
#include "api/coverage/findings.def"
    VALUE_OF_COUNT
};

#define COVERAGE_VALUES 6
#define COVERAGE_FINDINGS 5

struct coverage_finding {
    enum coverage_finding_code code;
    int32_t values_count;
    struct {
        enum coverage_value_name name;
        int32_t value;
    } values[COVERAGE_VALUES];
};

struct coverage_findings {
    int32_t count;
    struct coverage_finding items[COVERAGE_FINDINGS];
};

/* In order of what a person has most of: of two schemes the smaller one speaks. */
enum coverage_status { COVERAGE_COVERED, COVERAGE_WAITING, COVERAGE_STOPPED, COVERAGE_NEVER, COVERAGE_DECEASED };

struct coverage_benefits {
    enum coverage_status status;
    int32_t since;          /* first day of this status; COVERAGE_NONE for never */
    int32_t starts_on;      /* of waiting: the day benefits start when payments go on; else COVERAGE_NONE */
    int32_t waiting_months; /* of waiting: the whole wait; else 0 */
    struct coverage_findings findings;
};

/* Whole months (employee) or years (resident) without payment. */
struct coverage_gap {
    int32_t from;
    int32_t to;
    int32_t length;
    int32_t missing; /* of them not paid to this day; the rest was back-paid too late to be continuous */
    bool is_open;    /* nothing was paid behind it */
    bool can_back_pay;
    int32_t back_pay_until; /* last day; COVERAGE_NONE: no end, or cannot */
    struct coverage_findings findings;
};

/* "If I pay on that day, from when am I covered, and until when can I still back-pay?" */
struct coverage_payment {
    int32_t benefits_from;                   /* paying what falls due now; COVERAGE_NONE: never */
    int32_t benefits_from_with_back_payment; /* paying what is missing too; COVERAGE_NONE where that changes nothing */
    int32_t back_pay_from;                   /* what is missing, months; COVERAGE_NONE: nothing */
    int32_t back_pay_to;
    int32_t back_pay_length;
    int32_t waiting_months;
    int32_t pay_until; /* last day on which paying has this effect; COVERAGE_NONE: no such day */
    struct coverage_findings findings;
};

struct coverage_answer {
    struct coverage_benefits benefits;
    struct coverage_gap *gaps; /* the caller's, room for gaps_count of an answer without; NULL: they are only counted */
    size_t gaps_count;         /* at most periods_count + 1 */
    struct coverage_payment payment; /* if paid on the day that was asked about */
};

/* Adds a finding without values; those past the maximum are dropped. */
struct coverage_finding *coverage_add(struct coverage_findings *findings, enum coverage_finding_code code);
void coverage_value(struct coverage_finding *finding, enum coverage_value_name name, int32_t value);
