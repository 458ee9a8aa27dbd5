/* What the test clock is told of, and whether there is one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/test_clock/test_clock.h"
#include "api/api.h"
#include "server/clock.h"
#include "server/http/reply.h"

enum problem test_clock_refusal(void)
{
    return api_is_production() ? PROBLEM_NOT_FOUND : PROBLEM_NONE;
}

enum problem test_clock_render(int64_t advance_us, struct reply *reply)
{
    struct json_writer writer;
    clock_advance_to_us(advance_us);
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "business_time");
    json_instant(&writer, clock_business_us());
    json_key(&writer, "real_time");
    json_instant(&writer, clock_real_us());
    json_object_close(&writer);
    return PROBLEM_NONE;
}
