/* GET /v1/admin/clients/{client_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/clients/client.h"

static enum problem bind(struct request *request, struct call *call)
{
    client_bind_get(request, request->args[GET_CLIENT_CLIENT_ID].uuid, call);
    return PROBLEM_NONE;
}

const struct handler get_client_handler = {.bind = bind, .render = client_render};
