/* Tokens and instants of a session that may be about to begin, or to go on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/new_session.h"
#include "api/api.h"
#include "server/clock.h"

static void wipe(void *object)
{
    explicit_bzero(object, sizeof(struct new_session));
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct new_session *new_session_make(struct request *request)
{
    const struct session_times *times = api_session_times();
    struct new_session *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL || !arena_defer(request->arena, wipe, made)) {
        return NULL;
    }
    made->session_id = uuid_make(uuid_random_key());
    made->token_id = uuid_make(uuid_random_key());
    made->now_us = clock_real_us();
    made->expires_at_us = made->now_us + times->life_us;
    made->access_expires_at_us = earlier(made->now_us + times->access_us, made->expires_at_us);
    made->idle_at_us = earlier(made->now_us + times->idle_us, made->expires_at_us);
    bool is_made = token_make(PRINCIPAL_CITIZEN, made->access) && token_make_refresh(made->refresh) &&
                   token_hash(span_of(made->access), made->access_hash) &&
                   token_hash(span_of(made->refresh), made->refresh_hash);
    return is_made ? made : NULL;
}

struct span new_session_hash(const uint8_t hash[TOKEN_HASH_BYTES])
{
    return (struct span){.bytes = (const char *)hash, .length = TOKEN_HASH_BYTES};
}

void new_session_write(struct reply *reply, const struct new_session *made, struct uuid session_id,
                       struct uuid person_id, int64_t access_expires_at_us, int64_t refresh_expires_at_us)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "session_id");
    json_uuid(&writer, session_id);
    json_key(&writer, "person_id");
    json_uuid(&writer, person_id);
    json_key(&writer, "token_type");
    json_text(&writer, SPAN("Bearer"));
    json_key(&writer, "access_token");
    json_text(&writer, span_of(made->access));
    json_key(&writer, "access_expires_at");
    json_instant(&writer, access_expires_at_us);
    json_key(&writer, "refresh_token");
    json_text(&writer, span_of(made->refresh));
    json_key(&writer, "refresh_expires_at");
    json_instant(&writer, refresh_expires_at_us);
    json_object_close(&writer);
    reply->status = 201;
}

void new_session_write_opened(struct reply *reply, const struct new_session *made, struct uuid session_id,
                              struct uuid person_id)
{
    new_session_write(reply, made, session_id, person_id, made->access_expires_at_us, made->idle_at_us);
}
