/* POST /v1/admin/tokens: makes a token and shows its text, this once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/principal_text.h"
#include "api/tokens/new_token.h"
#include "server/auth/token.h"
#include "server/clock.h"
#include "server/http/reply.h"

/* What bind leaves for render. */
struct made {
    struct new_token asked;
    struct uuid token_id;
    int64_t created_at_us;
    char text[TOKEN_TEXT_LENGTH + 1];
    uint8_t hash[TOKEN_HASH_BYTES];
};

static void wipe(void *object)
{
    struct made *made = object;
    explicit_bzero(made->text, sizeof made->text);
}

static struct made *make(struct request *request)
{
    struct made *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL || !arena_defer(request->arena, wipe, made)) {
        return NULL;
    }
    new_token_read(request, &made->asked);
    made->token_id =
        uuid_make(made->asked.kind == PRINCIPAL_CITIZEN ? uuid_key(made->asked.subject_id) : uuid_random_key());
    made->created_at_us = clock_real_us();
    if (!token_make(made->asked.kind, made->text) || !token_hash(span_of(made->text), made->hash)) {
        return NULL;
    }
    return made;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct made *made = make(request);
    if (made == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    new_token_check(request, &made->asked, made->created_at_us);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    request->state = made;
    const struct new_token *asked = &made->asked;
    call_init(call, STATEMENT_TOKEN_CREATE);
    call_bytea(call, TOKEN_CREATE_PARAM_TOKEN_HASH,
               (struct span){.bytes = (const char *)made->hash, .length = sizeof made->hash});
    call_uuid(call, TOKEN_CREATE_PARAM_TOKEN_ID, made->token_id);
    call_text(call, TOKEN_CREATE_PARAM_KIND, principal_kind_text(asked->kind));
    call_uuid(call, TOKEN_CREATE_PARAM_SUBJECT_ID, asked->subject_id);
    if (asked->kind == PRINCIPAL_CITIZEN) {
        call_int(call, TOKEN_CREATE_PARAM_PERSON_KEY, (int64_t)uuid_key(asked->subject_id));
    }
    call_text(call, TOKEN_CREATE_PARAM_LABEL, asked->label);
    call_text(call, TOKEN_CREATE_PARAM_ROLES, asked->roles);
    call_text(call, TOKEN_CREATE_PARAM_REGIONS, asked->regions);
    if (asked->expires_at_us != INT64_MAX) {
        call_instant(call, TOKEN_CREATE_PARAM_EXPIRES_AT, asked->expires_at_us);
    }
    call_uuid(call, TOKEN_CREATE_PARAM_CREATED_BY, request->principal.subject_id);
    call_instant(call, TOKEN_CREATE_PARAM_INSTANT, made->created_at_us);
    call_uuid(call, TOKEN_CREATE_PARAM_EVENT_ID, uuid_make(uuid_key(made->token_id)));
    call_text(call, TOKEN_CREATE_PARAM_ACTOR_KIND, SPAN("staff"));
    call_text(call, TOKEN_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    access_bind_visible(request, call, TOKEN_CREATE_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static void write_made(const struct made *made, struct json_writer *writer)
{
    json_object_open(writer);
    json_key(writer, "token");
    json_text(writer, span_of(made->text));
    json_key(writer, "token_id");
    json_uuid(writer, made->token_id);
    json_key(writer, "kind");
    json_text(writer, principal_kind_text(made->asked.kind));
    json_key(writer, "subject_id");
    json_uuid(writer, made->asked.subject_id);
    json_key(writer, "label");
    json_text(writer, made->asked.label);
    json_key(writer, "roles");
    json_split_text(writer, made->asked.roles, ',');
    json_key(writer, "regions");
    json_split_text(writer, made->asked.regions, ',');
    json_key(writer, "created_at");
    json_instant(writer, made->created_at_us);
    json_key(writer, "expires_at");
    if (made->asked.expires_at_us == INT64_MAX) {
        json_null_value(writer);
    } else {
        json_instant(writer, made->asked.expires_at_us);
    }
    json_key(writer, "revoked_at");
    json_null_value(writer);
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct made *made = request->state;
    struct span status = row_text(rows, 0, TOKEN_CREATE_COLUMN_STATUS);
    if (span_equal(status, SPAN("unknown_person")) || span_equal(status, SPAN("unknown_client"))) {
        request_fault(request, ARG_BODY, "subject_id", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    if (span_equal(status, SPAN("foreign_subject"))) {
        request_fault(request, ARG_BODY, "subject_id", "not_allowed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!span_equal(status, SPAN("created"))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(made->token_id, id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_made(made, &writer);
    reply_created(reply, arena_printf(request->arena, "/v1/admin/tokens/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_token_handler = {.bind = bind, .render = render};
