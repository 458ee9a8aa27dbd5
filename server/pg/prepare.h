/* Every statement of the program, prepared in one pipeline. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libpq-fe.h>

/*
 * Makes a new connection non-blocking and pipelined, and sends them all, in order and without STATEMENT_NONE. There is
 * a Sync after every few: PostgreSQL's time-outs hold from one to the next. Returns how many Syncs will be answered, 0
 * when libpq cannot send.
 */
unsigned prepare_send(PGconn *pg);
