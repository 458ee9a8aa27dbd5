/* Entity tags of replies, and what If-None-Match says about them (RFC 9110 §13.1.2). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/span.h"
#include <stdbool.h>

/* Weak comparison with each tag of the list, or `*`. What is malformed matches nothing from there on. */
bool etag_matches(struct span if_none_match, struct span etag);
/* Sets ETag; true when the caller has that version already: the status is then 304 and the body stays empty. */
bool etag_answers(const struct request *request, struct reply *reply, const char *etag);
