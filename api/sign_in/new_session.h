/* Tokens and instants of a session that may be about to begin, or to go on. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/token.h"
#include "server/http/reply.h"

struct new_session {
    struct uuid session_id; /* the statement puts the person's key into it */
    struct uuid token_id;   /* likewise */
    char access[TOKEN_TEXT_LENGTH + 1];
    char refresh[TOKEN_TEXT_LENGTH + 1];
    uint8_t access_hash[TOKEN_HASH_BYTES];
    uint8_t refresh_hash[TOKEN_HASH_BYTES];
    int64_t now_us;
    int64_t access_expires_at_us;
    int64_t idle_at_us;
    int64_t expires_at_us;
};

/* In the arena, and wiped with it; NULL without memory or randomness. */
struct new_session *new_session_make(struct request *request);
struct span new_session_hash(const uint8_t hash[TOKEN_HASH_BYTES]);
/* 201 with the tokens. */
void new_session_write(struct reply *reply, const struct new_session *made, struct uuid session_id,
                       struct uuid person_id, int64_t access_expires_at_us, int64_t refresh_expires_at_us);
/* The same with the instants of `made`. */
void new_session_write_opened(struct reply *reply, const struct new_session *made, struct uuid session_id,
                              struct uuid person_id);
