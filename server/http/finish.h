/* The last touches: headers every reply has, headers of problems, the access log. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"

void finish_reply(struct exchange *exchange);
/* Headers that belong to one problem: Allow, WWW-Authenticate, Retry-After. Before finish_reply. */
void finish_problem(struct exchange *exchange, enum problem problem);
