/* Reads a request's arguments from its path, query, header and body, as the generated table describes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/http/router.h"

/*
 * Fills request->args (defaults included) from what `route`, request->query, ->headers and ->body hold. Every
 * fault is added, then PROBLEM_VALIDATION_FAILED; PROBLEM_MALFORMED_JSON when the body is no JSON object;
 * PROBLEM_UNSUPPORTED_MEDIA_TYPE for a body that the operation does not take; PROBLEM_INTERNAL_ERROR without memory.
 * What the arguments point to belongs to the arena.
 */
enum problem arguments_read(struct request *request, const struct route *route);
