/* A client sees what is a person's only while that person consents to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"

/* Of an operation with a scope, once its arguments are read. Citizens and staff are never asked for. */
static inline bool consent_is_needed(const struct exchange *exchange)
{
    return exchange->request.principal.kind == PRINCIPAL_CLIENT && exchange->operation->scope.length > 0;
}

/*
 * Asks PostgreSQL, anew each time, so that what was taken back counts at once; then goes on with the handler, or
 * answers PROBLEM_NOT_FOUND, as it would be for somebody who does not exist.
 */
void consent_ask(struct exchange *exchange);
