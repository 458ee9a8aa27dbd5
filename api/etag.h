/* Entity tags of replies, and what If-None-Match says about them (RFC 9110 §13.1.2). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/span.h"
#include <stdbool.h>

/* Weak comparison with each tag of the list, or `*`. What is malformed matches nothing from there on. */
bool etag_matches(struct span if_none_match, struct span etag);
/* A tag for what the reply's body holds so far, and whether the list goes on. NULL when the arena is exhausted. */
const char *etag_of_body(struct request *request, const struct reply *reply, bool has_more);
/* Sets ETag; true when the caller has that version already: the status is then 304 and the body is empty. */
bool etag_answers(const struct request *request, struct reply *reply, const char *etag);
