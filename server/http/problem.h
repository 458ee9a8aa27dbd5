/* Answers that say what went wrong, as application/problem+json (RFC 9457). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"

/*
 * Replaces whatever the reply already holds: status, headers, body. Needs only the request's language, id and faults,
 * so it works before anything was routed. The headers that some problems demand (Allow, Retry-After, WWW-Authenticate)
 * are the caller's; a Retry-After that is there already stays with what is worth repeating, and Idempotent-Replayed
 * always.
 */
void problem_render(const struct request *request, enum problem problem, struct reply *reply);
