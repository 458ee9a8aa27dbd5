/* Connection strings: what the operator gave, with the program's own settings beside it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libpq-fe.h>

/*
 * Both add application_name, UTF-8, keep-alives, tcp_user_timeout and `options` (behind the operator's own) to
 * `conninfo`, a libpq string or URL. NULL when out of memory or when the string cannot be parsed; otherwise check
 * PQstatus. Caller calls PQfinish.
 */
/*
 * Non-blocking: continue with PQconnectPoll. Of several hosts the `turn`-th comes first, for libpq sets no time limit
 * for each of them here: one that does not answer would take all the time, every time.
 */
PGconn *conninfo_connect_start(const char *conninfo, const char *options, unsigned turn);
PGconn *conninfo_connect(const char *conninfo, const char *options, int connect_timeout_s);
