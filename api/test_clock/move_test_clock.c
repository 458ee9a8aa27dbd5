/* POST /v1/test-clock: business time goes forward, in every process of the deployment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/test_clock/test_clock.h"
#include "server/clock.h"
#include "server/http/request.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *to = &request->args[MOVE_TEST_CLOCK_TO];
    const struct arg *advance_s = &request->args[MOVE_TEST_CLOCK_ADVANCE_S];
    enum problem refusal = test_clock_refusal();
    if (refusal != PROBLEM_NONE)
        return refusal;
    if (to->present == advance_s->present) {
        request_fault(request, ARG_BODY, to->present ? "advance_s" : "to", to->present ? "not_allowed" : "required",
                      NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_TEST_CLOCK_MOVE);
    if (to->present) {
        call_int(call, TEST_CLOCK_MOVE_PARAM_TO_US, to->number);
        call_int(call, TEST_CLOCK_MOVE_PARAM_START_US, clock_business_us() - clock_advanced_us());
    } else {
        call_int(call, TEST_CLOCK_MOVE_PARAM_ADVANCE_S, advance_s->number);
    }
    call_uuid(call, TEST_CLOCK_MOVE_PARAM_MOVED_BY, request->principal.subject_id);
    call_instant(call, TEST_CLOCK_MOVE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, TEST_CLOCK_MOVE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, TEST_CLOCK_MOVE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (span_equal(row_text(rows, 0, TEST_CLOCK_MOVE_COLUMN_STATUS), SPAN("conflict")))
        return PROBLEM_CONFLICT;
    return test_clock_render(row_int(rows, 0, TEST_CLOCK_MOVE_COLUMN_ADVANCE_US), reply);
}

const struct handler move_test_clock_handler = {.bind = bind, .render = render};
