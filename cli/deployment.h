/* What a database is for, as it says itself: production never opens the demo, nothing else opens production's. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/pg/session.h"

/* Both: false after one line on stderr. A database without mark fits every mode; its test clock is taken over. */
bool deployment_check(struct pg_session *session, const struct config *config);
/* For migrate, as the owner: in production mode marks the database, unless it is marked; then checks. */
bool deployment_mark(struct pg_session *session, const struct config *config);
