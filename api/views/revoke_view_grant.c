/* POST /v1/view-grants/{view_grant_id}/revocation: either side, or staff at a window, takes a grant back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/states.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid view_grant_id = request->args[REVOKE_VIEW_GRANT_VIEW_GRANT_ID].uuid;
    uint64_t person_key = uuid_key(view_grant_id);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem =
        money == NULL ? PROBLEM_INTERNAL_ERROR : money_begin(request, REVOKE_VIEW_GRANT_IDEMPOTENCY_KEY, -1, money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_VIEW_GRANT_REVOKE);
    call_uuid(call, VIEW_GRANT_REVOKE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, VIEW_GRANT_REVOKE_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_int(call, VIEW_GRANT_REVOKE_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, VIEW_GRANT_REVOKE_PARAM_VIEW_GRANT_ID, view_grant_id);
    access_bind_visible(request, call, VIEW_GRANT_REVOKE_PARAM_VISIBLE);
    call_instant(call, VIEW_GRANT_REVOKE_PARAM_INSTANT, money->real_us);
    call_text(call, VIEW_GRANT_REVOKE_PARAM_KEY, money->key);
    call_bytea(call, VIEW_GRANT_REVOKE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, VIEW_GRANT_REVOKE_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, VIEW_GRANT_REVOKE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {.status = VIEW_GRANT_REVOKE_COLUMN_STATUS,
                                                 .is_replayed = VIEW_GRANT_REVOKE_COLUMN_IS_REPLAYED,
                                                 .state = VIEW_GRANT_REVOKE_COLUMN_STATE,
                                                 .possible = VIEW_GRANT_REVOKE_COLUMN_POSSIBLE};
    enum problem problem = state_outcome(request, rows, &columns, reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "view_grant_id");
    json_uuid(&writer, request->args[REVOKE_VIEW_GRANT_VIEW_GRANT_ID].uuid);
    json_key(&writer, "state");
    json_text(&writer, SPAN("revoked"));
    json_key(&writer, "ended_at");
    json_instant(&writer, row_instant(rows, 0, VIEW_GRANT_REVOKE_COLUMN_ENDED_AT));
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler revoke_view_grant_handler = {.bind = bind, .render = render};
