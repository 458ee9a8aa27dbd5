/* What all operations that propose something have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* The fault of a reason that may hold somebody's number: it is shown to many and kept for ever. */
void propose_check_reason(struct request *request, const struct arg *reason);
/*
 * Binds what follows each other from the parameter `first` in every such statement: reason, source_document,
 * proposed_by, instant, event_id, request_id. `source_document` may be absent.
 */
void propose_bind(struct request *request, struct call *call, int first, uint64_t key, const struct arg *reason,
                  const struct arg *source_document);
/* Names of fields to be taken away, joined by commas, into a text parameter; NULL when there are none. */
void propose_bind_cleared(struct request *request, struct call *call, int param, const struct arg *clear);
/* A fault for each name to be taken away that is also given: `names` and `args` are parallel. */
void propose_check_cleared(struct request *request, const struct arg *clear, const char *const *names, const int *args,
                           size_t count);
