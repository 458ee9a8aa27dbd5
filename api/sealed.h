/* Sealed personal data on its way into a reply: opened, masked, and the plain text wiped again. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/mask.h"
#include "server/http/request.h"

/*
 * `table_column` and `row_id` are those the value was sealed with, e.g. "person.name" and the person_id. The masked
 * text is in the request's arena. False, after a line in the log, when the value does not open: a key is missing or the
 * row was tampered with.
 */
bool sealed_mask(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span (*mask)(struct span plain, char out[MASK_BYTES]), struct span *masked);
