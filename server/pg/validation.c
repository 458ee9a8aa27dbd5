/* Finds the lines of migrations that validate constraints, and runs them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/validation.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALTER "ALTER TABLE "
#define VALIDATE " VALIDATE CONSTRAINT "

char *validation_find(char *text, size_t *length)
{
    for (char *line = text; *line != '\0'; line += line[0] == '\n') {
        *length = strcspn(line, "\n");
        if (strncmp(line, ALTER, strlen(ALTER)) == 0 && memmem(line, *length, VALIDATE, strlen(VALIDATE)) != NULL)
            return line;
        line += *length;
    }
    return NULL;
}

/* A constraint may have gone with a later migration, or be validated. */
static bool is_due(struct pg_session *session, const char *line, bool *is_due)
{
    PGresult *found = pg_session_query(session,
                                       "SELECT FROM pg_constraint WHERE NOT convalidated"
                                       " AND format('ALTER TABLE %s VALIDATE CONSTRAINT %s;', conrelid::regclass,"
                                       " quote_ident(conname)) = $1",
                                       1, &line);
    *is_due = found != NULL && PQntuples(found) == 1;
    PQclear(found);
    return found != NULL;
}

static bool run_line(struct pg_session *session, const char *at, size_t length)
{
    char *line = strndup(at, length);
    bool is_wanted = false;
    bool is_done = line != NULL && is_due(session, line, &is_wanted) && (!is_wanted || pg_session_run(session, line));
    free(line);
    return is_done;
}

bool validation_run(struct pg_session *session, const struct migration_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        size_t length = 0;
        char *line = plan->items[i].in_transaction ? validation_find(plan->items[i].up, &length) : NULL;
        for (; line != NULL; line = validation_find(line + length, &length)) {
            if (!run_line(session, line, length))
                return false;
        }
    }
    return true;
}
