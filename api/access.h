/* Who may see what: citizens their own, staff what their regions cover, clients of that what somebody agreed to. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/http/request.h"

/* 000000 covers everywhere, XX0000 every pool of the province, anything else itself. */
bool access_region_covers(struct span granted, struct span region_code);
bool access_covers(const struct principal *principal, struct span region_code);
/* Whether the principal's regions hold 000000. */
bool access_is_nationwide(const struct principal *principal);

/*
 * In bind: refuses at once what cannot be a citizen's own, and marks a look at somebody else's data for the audit.
 * Everything refused is PROBLEM_NOT_FOUND, so that foreign and absent look the same. `object_id` is any id of the
 * person: all hold the person's key.
 */
enum problem access_ask(struct request *request, struct uuid object_id);
/* In render: whether this row of that person, in that pool, may be shown. */
bool access_may_see(const struct request *request, struct uuid person_id, struct span pool_code);
/*
 * For statements that filter pools themselves: comma-separated LIKE patterns of the visible pool codes into a text
 * parameter, which stays NULL when there is nothing to filter.
 */
void access_bind_visible(struct request *request, struct call *call, int param);
