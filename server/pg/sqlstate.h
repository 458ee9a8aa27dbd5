/* What an SQLSTATE means for the tasks of the batch that met it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum failure {
    FAILURE_RETRY,       /* a conflict with another transaction: the same batch again */
    FAILURE_STALE_PLAN,  /* a migration changed what a prepared statement returns: prepare anew, then again */
    FAILURE_UNAVAILABLE, /* PostgreSQL refuses work for now; nothing was done */
    FAILURE_TIMED_OUT,   /* statement_timeout */
    FAILURE_BUG,         /* no input may raise this: find the culprit */
};

enum failure sqlstate_failure(const char *sqlstate);
