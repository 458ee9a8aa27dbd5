/* PUT /v1/family-members/{family_member_id}/limits: the owner says how much a member may use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/step.h"
#include "api/words.h"

static enum problem bind(struct request *request, struct call *call)
{
    static const struct {
        int arg, param;
    } limits[] = {
        {SET_FAMILY_LIMITS_CHARGE_LIMIT_FEN, FAMILY_MEMBER_CHANGE_PARAM_CHARGE_LIMIT_FEN},
        {SET_FAMILY_LIMITS_MONTH_LIMIT_FEN, FAMILY_MEMBER_CHANGE_PARAM_MONTH_LIMIT_FEN},
        {SET_FAMILY_LIMITS_YEAR_LIMIT_FEN, FAMILY_MEMBER_CHANGE_PARAM_YEAR_LIMIT_FEN},
    };
    const struct arg *args = request->args;
    enum problem problem = step_bind(request, STATEMENT_FAMILY_MEMBER_CHANGE, SET_FAMILY_LIMITS_FAMILY_MEMBER_ID,
                                     SET_FAMILY_LIMITS_IDEMPOTENCY_KEY, call);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (args[limits[i].arg].present) {
            call_int(call, limits[i].param, args[limits[i].arg].number);
        }
    }
    if (args[SET_FAMILY_LIMITS_USAGES].present) {
        call_text(call, FAMILY_MEMBER_CHANGE_PARAM_USAGES, words_join(request->arena, &args[SET_FAMILY_LIMITS_USAGES]));
    }
    return PROBLEM_NONE;
}

const struct handler set_family_limits_handler = {.bind = bind, .render = step_render};
