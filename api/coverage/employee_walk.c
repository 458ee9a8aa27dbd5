/* One walk over the timeline, from the first month to that of the day asked about. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/employee_walk.h"
#include "api/coverage/calendar.h"

/* docs/rules.md 2: "gap > 3 a waiting period … from the month of re-enrolment"; who retires does not wait. */
static void resume(struct employee_walk *walk, int32_t month, enum month_state state)
{
    if (walk->longest_gap > walk->rule->back_payable_gap_months && state != MONTH_RETIRED) {
        walk->wait_from = month;
        walk->wait_until = later(walk->wait_until, month + walk->rule->waiting_months);
        walk->wait_gap = walk->longest_gap;
    }
    walk->stretch_from = month;
    walk->longest_gap = 0;
}

static void step(struct employee_walk *walk, int32_t month)
{
    enum month_state state = timeline_state(walk->timeline, month);
    if (month_is_in_gap(state)) {
        walk->gap_from = walk->gap_from == COVERAGE_NONE ? month : walk->gap_from;
        return;
    }
    if (month_is_employee(state)) {
        if (walk->last_employee != month - 1) {
            resume(walk, month, state);
        }
        walk->last_employee = month;
    }
    walk->gap_from = COVERAGE_NONE;
}

/* docs/rules.md 2: "an open gap counts up to the date asked about; a month is missed only after its deadline". */
int32_t employee_open_gap(const struct employee_walk *walk)
{
    return walk->gap_from == COVERAGE_NONE ? 0 : walk->due - walk->gap_from + 1;
}

void employee_walk(struct employee_walk *walk,
                   void (*add_gap)(const struct employee_walk *walk, int32_t from, int32_t to, bool is_open,
                                   void *context),
                   void *context)
{
    walk->month = month_of_day(walk->on);
    walk->due = walk->on > timeline_deadline(walk->rule, walk->month) ? walk->month : walk->month - 1;
    walk->last_employee = walk->gap_from = walk->wait_from = walk->stretch_from = COVERAGE_NONE;
    walk->wait_until = walk->longest_gap = walk->wait_gap = 0;
    if (walk->timeline->first == COVERAGE_NONE) {
        return;
    }
    for (int32_t month = walk->timeline->first; month <= walk->month; month++) {
        int32_t gap_from = walk->gap_from;
        if (gap_from != COVERAGE_NONE && !month_is_in_gap(timeline_state(walk->timeline, month))) {
            walk->longest_gap = later(walk->longest_gap, month - gap_from);
            add_gap(walk, gap_from, month - 1, false, context);
        }
        step(walk, month);
    }
    if (employee_open_gap(walk) > 0) {
        walk->longest_gap = later(walk->longest_gap, employee_open_gap(walk));
        add_gap(walk, walk->gap_from, walk->due, true, context);
    }
}
