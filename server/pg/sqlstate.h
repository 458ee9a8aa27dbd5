/* What an SQLSTATE means for the tasks of the batch that met it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define SQLSTATE_MISFIT "misfit" /* none of PostgreSQL's: the columns of a result are not those expected */

enum failure {
    FAILURE_RETRY,       /* a conflict with another transaction: the same batch again */
    FAILURE_STALE_PLAN,  /* a migration changed what a prepared statement returns: prepare anew, then again */
    FAILURE_UNAVAILABLE, /* PostgreSQL refuses work for now; nothing was done */
    FAILURE_READ_ONLY,   /* a stand-by, or a primary that is one no longer; nothing was done: connect anew, perhaps
                            elsewhere */
    FAILURE_LOCKED,      /* somebody else holds a lock for too long; nothing was done */
    FAILURE_TIMED_OUT,   /* statement_timeout */
    FAILURE_UNREADABLE,  /* done, but its rows have other types than the program knows */
    FAILURE_BUG,         /* no input may raise this: find the culprit */
};

enum failure sqlstate_failure(const char *sqlstate);
