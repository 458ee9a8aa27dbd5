/* What requests that change things with states (docs/state-machines.md) end with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/money.h"

/* Columns that the statement of such a request has, as its header numbers them. */
struct state_columns {
    int status;      /* text: done, or why not */
    int is_replayed; /* bool; -1: it has no key, and is not told */
    int state;       /* text: of not_possible_now, the state that it is in; else anything */
    int possible;    /* jsonb: of not_possible_now, an array of events; else anything */
};

/* In render: money_outcome of the first row, and with not_possible_now the state and what could be done instead. */
enum problem state_outcome(struct request *request, const struct rows *rows, const struct state_columns *columns,
                           struct reply *reply);
