/* Connection strings: what the operator gave, with the program's own settings beside it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

enum conninfo_fault {
    CONNINFO_SAFE,
    CONNINFO_HAS_PASSWORD, /* in the string or the environment */
    CONNINFO_IN_CLEAR,     /* to another machine, without proof of who it is */
};

/* What production does not allow in `conninfo` together with libpq's environment variables. */
enum conninfo_fault conninfo_find_fault(const char *conninfo);
/* Whether what an open connection was made with, also from a service file, keeps it on this machine or encrypted. */
bool conninfo_is_private(PGconn *connection);

/* Before any connection and thread: where the password stands, "" for nowhere. It is read for each connection, so a
 * new one is used without a restart. */
void conninfo_set_password_file(const char *path);
/* Whether there is no such file, or it can be used; *why as secret_file_read_line. */
bool conninfo_check_password_file(const char **why);

/*
 * Both add application_name, UTF-8, keep-alives, tcp_user_timeout and `options` (behind the operator's own) to
 * `conninfo`, a libpq string or URL. NULL when out of memory, when the string cannot be
 * parsed or the password file cannot be read; otherwise check
 * PQstatus. Caller calls PQfinish.
 */
/*
 * Non-blocking: continue with PQconnectPoll. Of several hosts the `turn`-th comes first, for libpq sets no time limit
 * for each of them here: one that does not answer would take all the time, every time. `target` is what
 * target_session_attrs is unless the string says it; NULL: read-write where several hosts stand there.
 */
PGconn *conninfo_connect_start(const char *conninfo, const char *options, const char *target, unsigned turn);
PGconn *conninfo_connect(const char *conninfo, const char *options, int connect_timeout_s);
