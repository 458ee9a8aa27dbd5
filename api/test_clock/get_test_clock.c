/* GET /v1/test-clock: business time and real time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/test_clock/test_clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    (void)request;
    call_init(call, STATEMENT_TEST_CLOCK_FIND);
    return test_clock_refusal();
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return test_clock_render(row_int(rows, 0, TEST_CLOCK_FIND_COLUMN_ADVANCE_US), reply);
}

const struct handler get_test_clock_handler = {.bind = bind, .render = render};
