/* DELETE /v1/documents/{document_id}: takes a document back while nothing has been decided; again changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/states.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid document_id = request->args[REMOVE_DOCUMENT_DOCUMENT_ID].uuid;
    uint64_t key = uuid_key(document_id);
    if (request->principal.kind == PRINCIPAL_CITIZEN && key != uuid_key(request->principal.subject_id))
        return PROBLEM_NOT_FOUND;
    call_init(call, STATEMENT_DOCUMENT_REMOVE);
    call_int(call, DOCUMENT_REMOVE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, DOCUMENT_REMOVE_PARAM_DOCUMENT_ID, document_id);
    access_bind_visible(request, call, DOCUMENT_REMOVE_PARAM_VISIBLE);
    call_text(call, DOCUMENT_REMOVE_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_uuid(call, DOCUMENT_REMOVE_PARAM_ACTOR_ID, request->principal.subject_id);
    call_instant(call, DOCUMENT_REMOVE_PARAM_INSTANT, clock_business_us());
    call_uuid(call, DOCUMENT_REMOVE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, DOCUMENT_REMOVE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, DOCUMENT_REMOVE_PARAM_REAL_INSTANT, clock_real_us());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {
        .status = DOCUMENT_REMOVE_COLUMN_STATUS,
        .is_replayed = -1,
        .state = DOCUMENT_REMOVE_COLUMN_STATE,
        .possible = DOCUMENT_REMOVE_COLUMN_POSSIBLE,
    };
    if (!span_equal(row_text(rows, 0, columns.status), SPAN("removed")))
        return state_outcome(request, rows, &columns, reply);
    reply->status = 204;
    return PROBLEM_NONE;
}

const struct handler remove_document_handler = {.bind = bind, .render = render};
