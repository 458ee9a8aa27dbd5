/* Setting a password or PIN: what the two operations share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/sign_in/secret_rules.h"
#include "server/http/reply.h"

struct new_secret_kind {
    const char *kind;  /* credential.kind */
    const char *field; /* of the body */
    int secret_arg, current_password_arg, challenge_id_arg, code_arg;
    void (*check)(struct request *request, const char *field, struct span secret, const struct secret_owner *owner);
};

/* Two steps: read the proof that is on file; derive both secrets; judge and set. */
enum problem new_secret_bind(struct request *request, struct call *call, const struct new_secret_kind *kind);
bool new_secret_work(void *state);
enum problem new_secret_proceed(struct request *request, const struct rows *rows, struct call *call);
/* 204, 400 (the proof is good, the secret is not), 401, 429. */
enum problem new_secret_render(struct request *request, const struct rows *rows, struct reply *reply);
