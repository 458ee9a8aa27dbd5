/* GET /v1/admin/pools/{pool_code}/channels/{kind}/{channel_code}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pools/channel.h"
#include "server/http/reply.h"

static const struct field fields[] = CHANNEL_FIELDS(CHANNEL_GET);

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CHANNEL_GET);
    return channel_bind_key(request, GET_CHANNEL_POOL_CODE, call, CHANNEL_GET_PARAM_POOL_CODE);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_channel_handler = {.bind = bind, .render = render};
