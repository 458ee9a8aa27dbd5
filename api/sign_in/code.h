/* Codes by text message: six random digits that only their challenge and the phone's owner know. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/sign_in/who.h"

enum code_purpose { CODE_REGISTRATION, CODE_SIGN_IN, CODE_STEP_UP };

#define CODE_PAYLOAD_BYTES 512

/* What bind leaves for render; the code itself is not kept. */
struct code_request {
    struct uuid challenge_id; /* holds nobody's key: it must not tell whether there is somebody */
    int64_t expires_at_us;
    struct span hash;
    uint8_t payload[CODE_PAYLOAD_BYTES];
    struct who who;
};

/* Of the challenge's id and what was typed in, to store or compare (keyring_hash_items), in the arena. */
bool code_hash(struct request *request, struct uuid challenge_id, struct span code, struct span *items);

/*
 * Binds CHALLENGE_BEGIN with a new code for asked->who, which is filled. Every code is made and sealed, whether or not
 * it will be sent: the statement decides. The caller may bind name_hash and signed_in_key besides.
 */
enum problem code_bind(struct request *request, struct call *call, enum code_purpose purpose,
                       struct code_request *asked);
/* 202, 409 or 429. */
enum problem code_render(struct request *request, const struct rows *rows, struct reply *reply);
