/* Says what became of a request that changes a thing with states, and what could be done where it could not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/states.h"

enum problem state_outcome(struct request *request, const struct rows *rows, const struct state_columns *columns,
                           struct reply *reply)
{
    enum problem problem = money_outcome(request, row_text(rows, 0, columns->status),
                                         columns->is_replayed >= 0 && row_bool(rows, 0, columns->is_replayed), reply);
    if (problem == PROBLEM_NOT_POSSIBLE_NOW) {
        request->refused_state = row_text(rows, 0, columns->state);
        request->possible = row_text(rows, 0, columns->possible);
    }
    return problem;
}
