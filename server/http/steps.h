/* What a request waits for between its header and its reply: rows, and work on a crypto thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"

/* The arguments are there: bind, then work, ask and proceed until the exchange is answered. */
void steps_begin(struct exchange *exchange);
/* Sends exchange->task, whose lane and `done` are set; answers at once when there is no room. */
void steps_ask(struct exchange *exchange, enum exchange_stage stage);
/* Gives up what is waited for; work that has begun still runs to its end. */
void steps_leave(struct exchange *exchange);
enum problem steps_problem_of(enum task_outcome outcome);
