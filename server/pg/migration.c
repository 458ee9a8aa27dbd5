/* Reads migrations and holds them against what was applied. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/migration.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UP "-- migrate:up"
#define DOWN "-- migrate:down"

static bool refuse(const char *name, const char *why)
{
    fprintf(stderr, "yibaod: migration %s %s\n", name, why);
    return false;
}

static bool parse(struct script *script, struct migration *migration)
{
    char *rest = NULL;
    long version = strtol(script->name, &rest, 10);
    if (rest != script->name + 4 || *rest != '_' || version <= 0)
        return refuse(script->name, "is not named NNNN_name.sql");
    char *up = strstr(script->text, UP);
    char *down = strstr(script->text, "\n" DOWN);
    if (up == NULL || down == NULL || down < up)
        return refuse(script->name, "lacks the lines -- migrate:up and -- migrate:down");
    *down = '\0';
    char *options_end = up + strcspn(up, "\n");
    char *option = strstr(up, "transaction:false");
    *migration = (struct migration){.script = script,
                                    .version = (int)version,
                                    .up = options_end,
                                    .in_transaction = option == NULL || option > options_end};
    return true;
}

static bool parse_all(struct migration_plan *plan)
{
    plan->items = calloc(plan->scripts.count + 1, sizeof *plan->items);
    if (plan->items == NULL)
        return refuse("plan", "does not fit into memory");
    for (size_t i = 0; i < plan->scripts.count; i++, plan->count++) {
        if (!parse(&plan->scripts.items[i], &plan->items[i]))
            return false;
        if (i > 0 && plan->items[i].version == plan->items[i - 1].version)
            return refuse(plan->scripts.items[i].name, "has the same number as the one before it");
    }
    return true;
}

static struct migration *find(struct migration_plan *plan, int version)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->items[i].version == version)
            return &plan->items[i];
    }
    return NULL;
}

static void to_hexadecimal(const uint8_t *bytes, char out[2 * SCRIPT_CHECKSUM_BYTES + 1])
{
    for (size_t i = 0; i < SCRIPT_CHECKSUM_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]); /* NOLINT(clang-analyzer-core.NullDereference): parse_all set it */
}

static bool mark_applied(struct migration_plan *plan, const PGresult *rows)
{
    int newest = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct migration *migration = find(plan, atoi(PQgetvalue(rows, row, 0)));
        if (migration == NULL)
            return refuse(PQgetvalue(rows, row, 1), "was applied to this database but its file is missing: "
                                                    "is this program older than the database?");
        char checksum[2 * SCRIPT_CHECKSUM_BYTES + 1];
        to_hexadecimal(migration->script->checksum, checksum);
        if (strcmp(checksum, PQgetvalue(rows, row, 2)) != 0)
            return refuse(migration->script->name, "was changed after it was applied; put the old file back and "
                                                   "write a new migration");
        migration->is_applied = true;
        newest = migration->version;
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->items[i].is_applied && plan->items[i].version < newest)
            return refuse(plan->items[i].script->name, "is new but comes before one that was applied; give it a "
                                                       "higher number");
    }
    return true;
}

static bool read_applied(struct migration_plan *plan, struct pg_session *session)
{
    PGresult *table = pg_session_query(session, "SELECT to_regclass('schema_migration') IS NOT NULL", 0, NULL);
    bool is_failed = table == NULL;
    bool is_empty = !is_failed && PQgetvalue(table, 0, 0)[0] == 'f';
    PQclear(table);
    if (is_failed || is_empty)
        return is_empty;
    PGresult *rows = pg_session_query(
        session, "SELECT version, name, encode(checksum, 'hex') FROM schema_migration ORDER BY version", 0, NULL);
    bool is_fit = rows != NULL && mark_applied(plan, rows);
    PQclear(rows);
    return is_fit;
}

bool migration_plan_read(struct migration_plan *plan, struct pg_session *session, const char *directory)
{
    *plan = (struct migration_plan){0};
    char migrations[4096];
    snprintf(migrations, sizeof migrations, "%s/migrations", directory);
    if (script_list_read(&plan->scripts, migrations, ".sql") && parse_all(plan) && read_applied(plan, session))
        return true;
    migration_plan_free(plan);
    return false;
}

void migration_plan_free(struct migration_plan *plan)
{
    free(plan->items);
    script_list_free(&plan->scripts);
    *plan = (struct migration_plan){0};
}
