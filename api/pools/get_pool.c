/* GET /v1/admin/pools/{pool_code}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/pools/pool.h"
#include "server/http/reply.h"

static const struct field fields[] = POOL_FIELDS(POOL_GET);

static enum problem bind(struct request *request, struct call *call)
{
    struct span pool_code = request->args[GET_POOL_POOL_CODE].text;
    if (!access_covers(&request->principal, pool_code)) {
        return PROBLEM_NOT_FOUND;
    }
    call_init(call, STATEMENT_POOL_GET);
    call_text(call, POOL_GET_PARAM_POOL_CODE, pool_code);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_pool_handler = {.bind = bind, .render = render};
