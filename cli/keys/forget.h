/* What was counted and remembered with a key of attempts that has been changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/session.h"
#include <stdbool.h>

/*
 * Deletes where people had succeeded before the newest hash_attempt was in use: nothing is found by those hashes any
 * more. Counters go by themselves (attempt.forget_at). False after a line on stderr.
 */
bool forget_sources(struct pg_session *session, unsigned long long *forgotten);
