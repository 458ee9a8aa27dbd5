/* Ends a proposal without applying it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* `state`: rejected or withdrawn. `reason` may be NULL. */
void proposal_bind_close(struct request *request, struct call *call, struct uuid proposal_id, struct span state,
                         const struct arg *reason);
