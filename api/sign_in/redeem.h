/* A code for a session: what registration and signing in by text message share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/sign_in/attempt.h"
#include "api/sign_in/new_session.h"
#include "server/auth/password.h"

/* In the arena as request->state of both operations. */
struct redeem {
    struct new_session *session;
    struct span code_hash;
    uint8_t source[KEYED_HASH_BYTES];
    bool is_ready; /* false: only judge the code */
    /* With a password only. */
    struct span password;
    struct password_params params;
    struct password_hash password_hash;
};

/* NULL without memory or randomness. */
struct redeem *redeem_make(struct request *request, struct uuid challenge_id, struct span code);
/* `purpose` registration or sign_in. */
void redeem_bind(struct request *request, struct call *call, const struct redeem *redeem, struct uuid challenge_id,
                 const char *purpose, const char *action);
/* 201, 400 (the code is good, but request->faults is not empty), 401, 429; absent is for the caller. */
enum problem redeem_render(struct request *request, const struct rows *rows, struct reply *reply);
bool redeem_is_absent(const struct rows *rows);
