/* One person's case: the rows of coverage_history and coverage_rules as the rules of coverage want them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/coverage_case.h"
#include "api/access.h"
#include "server/clock.h"

/* Which enrolment of a scheme speaks on a day: one in effect then, by status, the latest start. */
struct choice {
    bool is_made;
    bool is_in_effect;
    bool has_started;
    int rank;
    int32_t started_on;
};

struct span coverage_scheme_text(enum coverage_scheme scheme)
{
    return scheme == COVERAGE_EMPLOYEE ? SPAN("employee") : SPAN("resident");
}

static enum coverage_scheme scheme_of(const struct rows *rows, int row)
{
    bool is_resident = span_equal(row_text(rows, row, COVERAGE_HISTORY_COLUMN_SCHEME), SPAN("resident"));
    return is_resident ? COVERAGE_RESIDENT : COVERAGE_EMPLOYEE;
}

static int32_t date_or_none(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? COVERAGE_NONE : row_date(rows, row, column);
}

static struct span kept(struct request *request, struct span text)
{
    return span_of(arena_copy(request->arena, text));
}

static int rank_of(struct span status)
{
    static const char *const statuses[] = {"active", "suspended", "closing", "pending_in", "ended"};
    for (int i = 0; i < (int)(sizeof statuses / sizeof *statuses); i++) {
        if (span_equal(status, span_of(statuses[i]))) {
            return i;
        }
    }
    return INT32_MAX;
}

static bool is_better(const struct choice *a, const struct choice *b)
{
    if (!b->is_made || a->is_in_effect != b->is_in_effect) {
        return !b->is_made || a->is_in_effect;
    }
    if (a->has_started != b->has_started) {
        return a->has_started;
    }
    if (a->is_in_effect && a->rank != b->rank) {
        return a->rank < b->rank;
    }
    return a->started_on > b->started_on;
}

static void read_enrolment(struct request *request, const struct rows *rows, int row, struct coverage_case *one,
                           struct choice choices[COVERAGE_SCHEMES])
{
    enum coverage_scheme scheme = scheme_of(rows, row);
    int32_t on = one->days[MOMENT_ON];
    int32_t started_on = row_date(rows, row, COVERAGE_HISTORY_COLUMN_STARTED_ON);
    int32_t ended_on = date_or_none(rows, row, COVERAGE_HISTORY_COLUMN_ENDED_ON);
    int32_t retired_on = date_or_none(rows, row, COVERAGE_HISTORY_COLUMN_RETIRED_ON);
    bool is_over = ended_on != COVERAGE_NONE && ended_on < on;
    struct choice choice = {.is_made = true,
                            .is_in_effect = started_on <= on && !is_over,
                            .has_started = started_on <= on,
                            .rank = rank_of(row_text(rows, row, COVERAGE_HISTORY_COLUMN_STATUS)),
                            .started_on = started_on};
    struct coverage_section *section = &one->sections[scheme];
    if (is_better(&choice, &choices[scheme])) {
        choices[scheme] = choice;
        section->pool.code = kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_CODE));
        section->pool.name = kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_NAME));
        section->exempt_group = kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_EXEMPT_GROUP));
    }
    struct coverage_person *person = &one->history.person;
    if (retired_on != COVERAGE_NONE && !is_over &&
        (person->retired_on == COVERAGE_NONE || retired_on < person->retired_on)) {
        person->retired_on = retired_on;
    }
}

static void read_person(const struct rows *rows, int row, struct coverage_person *person)
{
    struct span sex = row_text(rows, row, COVERAGE_HISTORY_COLUMN_SEX);
    person->birth_date = row_date(rows, row, COVERAGE_HISTORY_COLUMN_BIRTH_DATE);
    person->deceased_on = date_or_none(rows, row, COVERAGE_HISTORY_COLUMN_DECEASED_ON);
    person->sex = span_equal(sex, SPAN("female")) ? COVERAGE_FEMALE
                  : span_equal(sex, SPAN("male")) ? COVERAGE_MALE
                                                  : COVERAGE_SEX_UNKNOWN;
}

static int32_t pool_of(struct request *request, const struct rows *rows, int row, struct coverage_case *one)
{
    struct span code = row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_CODE);
    bool is_visible = access_may_see(request, one->person_id, code);
    code = is_visible ? code : SPAN("");
    for (int32_t i = 0; i < one->pools_count; i++) {
        if (span_equal(one->pools[i].code, code)) {
            return i;
        }
    }
    one->pools[one->pools_count] = (struct coverage_pool){
        .code = kept(request, code),
        .name = is_visible ? kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_NAME)) : SPAN("")};
    return one->pools_count++;
}

static void read_period(struct request *request, const struct rows *rows, int row, struct coverage_case *one,
                        struct coverage_period *period)
{
    int32_t year, month, day;
    date_to_civil(row_date(rows, row, COVERAGE_HISTORY_COLUMN_PERIOD), &year, &month, &day);
    period->month = 12 * year + month - 1;
    period->scheme = scheme_of(rows, row);
    period->is_deemed = row_bool(rows, row, COVERAGE_HISTORY_COLUMN_IS_DEEMED);
    bool is_in_time = row_is_null(rows, row, COVERAGE_HISTORY_COLUMN_PAID_ON);
    period->paid_on = is_in_time ? COVERAGE_IN_TIME : row_date(rows, row, COVERAGE_HISTORY_COLUMN_PAID_ON);
    period->pool = pool_of(request, rows, row, one);
}

/* Without an enrolment the pool is that of the last period: they come oldest first. */
static void choose_without_enrolment(struct request *request, const struct rows *rows, int row,
                                     struct coverage_case *one, const struct choice choices[COVERAGE_SCHEMES])
{
    enum coverage_scheme scheme = scheme_of(rows, row);
    if (!choices[scheme].is_made) {
        one->sections[scheme].pool.code = kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_CODE));
        one->sections[scheme].pool.name = kept(request, row_text(rows, row, COVERAGE_HISTORY_COLUMN_POOL_NAME));
    }
}

bool coverage_case_read(struct request *request, const struct rows *rows, struct coverage_case *one)
{
    size_t count = (size_t)rows->count;
    struct choice choices[COVERAGE_SCHEMES] = {{0}};
    struct coverage_period *periods = arena_alloc(request->arena, (count + 1) * sizeof *periods);
    one->pools = arena_alloc(request->arena, (count + 1) * sizeof *one->pools);
    if (periods == NULL || one->pools == NULL) {
        return false;
    }
    one->is_found = rows->count > 0;
    one->history = (struct coverage_history){.periods = periods};
    one->history.person.retired_on = COVERAGE_NONE;
    for (int row = 0; row < rows->count; row++) { /* periods come last */
        struct span part = row_text(rows, row, COVERAGE_HISTORY_COLUMN_PART);
        if (span_equal(part, SPAN("enrolment"))) {
            read_enrolment(request, rows, row, one, choices);
        } else if (span_equal(part, SPAN("period"))) {
            read_period(request, rows, row, one, &periods[one->history.periods_count++]);
            choose_without_enrolment(request, rows, row, one, choices);
        } else {
            read_person(rows, row, &one->history.person);
        }
    }
    return !arena_is_exhausted(request->arena);
}
