/* The statements of an audit: read from db/audit/, prepared under their names. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/script.h"
#include "server/pg/session.h"

#define CHECKS_FINGERPRINT_BYTES 80

struct checks {
    struct script people_range, wide_range, totals;
    struct script_list people, wide; /* stages of cli/audit/audit.h */
};

bool checks_read(struct checks *checks, const char *directory); /* false after one line on stderr */
void checks_free(struct checks *checks);
/* Of all statements and of the database behind the session; whoever goes on with an audit must find the same. */
bool checks_fingerprint(const struct checks *checks, struct pg_session *session, char out[CHECKS_FINGERPRINT_BYTES]);
bool checks_prepare(const struct checks *checks, struct pg_session *session);
