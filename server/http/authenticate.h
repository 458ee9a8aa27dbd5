/* From an Authorization header to a principal who may, or may not, call the operation. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"

enum authenticate_result {
    AUTHENTICATE_KNOWN,   /* request.principal is set (anonymous for a public operation) */
    AUTHENTICATE_ASK,     /* task.call is bound to token_find: submit it, then authenticate_take_rows */
    AUTHENTICATE_REFUSED, /* no token, or none that could exist */
    AUTHENTICATE_FAILED,  /* there was no memory to find out */
};

enum authenticate_result authenticate_begin(struct exchange *exchange);
enum problem authenticate_take_rows(struct exchange *exchange, const struct rows *rows);
/* Kind and role against the operation, then the principal's rate limit. */
enum problem authenticate_permit(struct exchange *exchange);
