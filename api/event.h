/* What every statement that records an audit event needs to know of the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/*
 * Binds the parameters event_id, at, actor_id and request_id, which follow each other from `first`. The event's id has
 * `key` in it, the person's where there is one; it is returned.
 */
struct uuid event_bind(const struct request *request, struct call *call, int first, uint64_t key);
/* An id of a person's, of which PostgreSQL is also given the key: two parameters that follow each other. */
void event_bind_person(struct call *call, int first, struct uuid person_id);
