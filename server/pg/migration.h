/* The migrations of a directory against those a database has. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/script.h"
#include "server/pg/session.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * A file is named NNNN_name.sql, in dbmate's form: `-- migrate:up`, statements, `-- migrate:down`, statements. With
 * `-- migrate:up transaction:false` its statements, separated by lines `-- migrate:next`, run one by one outside of a
 * transaction, and must bear being run again after any interruption.
 */
struct migration {
    struct script *script; /* of the plan's list */
    int version;
    char *up; /* into the script's text, NUL-terminated there */
    bool in_transaction;
    bool is_applied;
};

struct migration_plan {
    struct script_list scripts;
    struct migration *items; /* by version */
    size_t count;
};

/* Changes nothing. False after one line on stderr: unreadable, malformed, changed, missing or out
 * of order. */
bool migration_plan_read(struct migration_plan *plan, struct pg_session *session, const char *directory);
void migration_plan_free(struct migration_plan *plan);
