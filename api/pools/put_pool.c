/* PUT /v1/admin/pools/{pool_code}: changes what staff may say of a pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/event.h"
#include "api/pools/pool.h"
#include "server/http/reply.h"

#define NATION "000000"
#define PROVINCE_LENGTH 2

static const struct field fields[] = POOL_FIELDS(POOL_PUT);

/* The pool's province, or the nation: so a rule is found in three steps at most, and never in circles. */
static bool may_follow(struct span parent, struct span pool_code)
{
    char province[] = NATION;
    memcpy(province, pool_code.bytes, PROVINCE_LENGTH);
    bool is_province = span_equal(parent, span_of(province)) && !span_equal(parent, pool_code);
    return is_province || span_equal(parent, SPAN(NATION));
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct span pool_code = args[PUT_POOL_POOL_CODE].text;
    if (!access_covers(&request->principal, pool_code)) {
        return PROBLEM_NOT_FOUND;
    }
    if (!may_follow(args[PUT_POOL_POLICY_PARENT_CODE].text, pool_code)) {
        request_fault(request, ARG_BODY, "policy_parent_code", "not_allowed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_POOL_PUT);
    call_text(call, POOL_PUT_PARAM_POOL_CODE, pool_code);
    call_text(call, POOL_PUT_PARAM_NAME, args[PUT_POOL_NAME].text);
    call_bool(call, POOL_PUT_PARAM_CONNECTED, args[PUT_POOL_CONNECTED].number != 0);
    call_int(call, POOL_PUT_PARAM_ACCOUNT_YEAR_STARTS_MONTH, args[PUT_POOL_ACCOUNT_YEAR_STARTS_MONTH].number);
    call_text(call, POOL_PUT_PARAM_POLICY_PARENT_CODE, args[PUT_POOL_POLICY_PARENT_CODE].text);
    call_text(call, POOL_PUT_PARAM_REASON, args[PUT_POOL_REASON].text);
    event_bind(request, call, POOL_PUT_PARAM_EVENT_ID, uuid_random_key());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler put_pool_handler = {.bind = bind, .render = render};
