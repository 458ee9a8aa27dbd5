/* DELETE /v1/admin/pools/{pool_code}/channels/{kind}/{channel_code}: takes a channel out of the directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event.h"
#include "api/pools/channel.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CHANNEL_REMOVE);
    event_bind(request, call, CHANNEL_REMOVE_PARAM_EVENT_ID, uuid_random_key());
    return channel_bind_key(request, DELETE_CHANNEL_POOL_CODE, call, CHANNEL_REMOVE_PARAM_POOL_CODE);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (!span_equal(row_text(rows, 0, CHANNEL_REMOVE_COLUMN_STATUS), SPAN("removed"))) {
        return PROBLEM_NOT_FOUND;
    }
    reply->status = 204;
    return PROBLEM_NONE;
}

const struct handler delete_channel_handler = {.bind = bind, .render = render};
