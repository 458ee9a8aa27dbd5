/* PATCH /v1/admin/clients/{client_id}: name, contact, state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/clients/client.h"
#include "server/clock.h"

static void bind_text(const struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid client_id = request->args[UPDATE_CLIENT_CLIENT_ID].uuid;
    call_init(call, STATEMENT_CLIENT_CHANGE);
    call_uuid(call, CLIENT_CHANGE_PARAM_CLIENT_ID, client_id);
    access_bind_visible(request, call, CLIENT_CHANGE_PARAM_VISIBLE);
    bind_text(request, UPDATE_CLIENT_NAME, call, CLIENT_CHANGE_PARAM_NAME);
    bind_text(request, UPDATE_CLIENT_CONTACT, call, CLIENT_CHANGE_PARAM_CONTACT);
    bind_text(request, UPDATE_CLIENT_STATE, call, CLIENT_CHANGE_PARAM_STATE);
    call_uuid(call, CLIENT_CHANGE_PARAM_CHANGED_BY, request->principal.subject_id);
    call_instant(call, CLIENT_CHANGE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, CLIENT_CHANGE_PARAM_EVENT_ID, uuid_make(uuid_key(client_id)));
    call_text(call, CLIENT_CHANGE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

/* What the change came to; then the client as it is now. */
static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    if (rows->statement != STATEMENT_CLIENT_CHANGE) {
        return PROBLEM_NONE;
    }
    struct span status = row_text(rows, 0, CLIENT_CHANGE_COLUMN_STATUS);
    if (span_equal(status, SPAN("absent"))) {
        return PROBLEM_NOT_FOUND;
    }
    if (span_equal(status, SPAN("closed"))) {
        return PROBLEM_NOT_ALLOWED_IN_STATUS;
    }
    if (span_equal(status, SPAN("exists"))) {
        return PROBLEM_ALREADY_EXISTS;
    }
    client_bind_get(request, request->args[UPDATE_CLIENT_CLIENT_ID].uuid, call);
    return PROBLEM_NONE;
}

const struct handler update_client_handler = {.bind = bind, .proceed = proceed, .render = client_render};
