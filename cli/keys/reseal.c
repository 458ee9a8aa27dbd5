/* Walks through the tables of db/keys by ranges of blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/reseal.h"
#include "cli/keys/blocks.h"
#include "server/pg/script.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 5 /* a row that somebody changed meanwhile stands elsewhere, and is met by the next pass */

enum { COLUMN_NAME, COLUMN_ROW_ID, COLUMN_SEALED, COLUMN_PERSON_KEY, COLUMN_OBJECT_ID, COLUMN_IS_FREE };

struct table {
    char name[64];
    long blocks; /* looked at in one slice */
    char *scan;
    char *store;
};

struct resealing {
    struct pg_session *session;
    const struct keyring *keyring;
    char version[12];
    struct reseal_report *report;
};

static bool refuse(const char *name, const char *why)
{
    fprintf(stderr, "yibaod: %s: %s\n", name, why);
    return false;
}

/* `-- scan: TABLE BLOCKS`, a query, `-- store`, what puts one value back. */
static bool parse(struct script *script, struct table *table)
{
    static const char scan_mark[] = "-- scan: ", store_mark[] = "\n-- store\n";
    char *scan = strstr(script->text, scan_mark);
    char *store = strstr(script->text, store_mark);
    if (scan == NULL || store == NULL ||
        sscanf(scan + strlen(scan_mark), "%63[a-z_] %ld", table->name, &table->blocks) != 2 || table->blocks < 1)
        return refuse(script->name, "lacks its lines -- scan: and -- store");
    *store = '\0';
    table->scan = scan + strcspn(scan, "\n");
    table->store = store + strlen(store_mark);
    return true;
}

static const char *key_in_use(struct pg_session *session, char out[12])
{
    PGresult *row = pg_session_query(session,
                                     "SELECT max(version) FROM data_key WHERE purpose = 'seal_person'"
                                     " AND retired_at IS NULL AND coalesce(seals_from <= clock_timestamp(), true)",
                                     0, NULL);
    bool is_found = row != NULL && PQntuples(row) == 1 && !PQgetisnull(row, 0, 0);
    if (is_found)
        snprintf(out, 12, "%s", PQgetvalue(row, 0, 0));
    PQclear(row);
    return is_found ? out : NULL;
}

static struct span value_of(const PGresult *rows, int row, int column)
{
    return (struct span){.bytes = PQgetvalue(rows, row, column), .length = (size_t)PQgetlength(rows, row, column)};
}

/* Sealed anew, in a buffer of the same length; NULL when it does not open. */
static uint8_t *seal_again(const struct resealing *resealing, const PGresult *rows, int row)
{
    struct span sealed = value_of(rows, row, COLUMN_SEALED);
    const char *name = PQgetvalue(rows, row, COLUMN_NAME);
    struct uuid id;
    size_t plain_bytes = 0, written_bytes = 0;
    char *plain = malloc(sealed.length);
    uint8_t *again = malloc(sealed.length);
    memcpy(id.bytes, PQgetvalue(rows, row, COLUMN_ROW_ID), sizeof id.bytes);
    bool is_done = plain != NULL && again != NULL &&
                   keyring_unseal(resealing->keyring, name, id, sealed, plain, sealed.length, &plain_bytes) &&
                   keyring_seal(resealing->keyring, name, id, (struct span){.bytes = plain, .length = plain_bytes},
                                again, sealed.length, &written_bytes);
    if (plain != NULL)
        explicit_bzero(plain, sealed.length);
    free(plain);
    if (is_done)
        return again;
    free(again);
    return NULL;
}

static enum blocks_outcome store(struct resealing *resealing, const struct table *table, const PGresult *rows, int row,
                                 unsigned long long *stored)
{
    uint8_t *again = seal_again(resealing, rows, row);
    if (again == NULL) {
        refuse(PQgetvalue(rows, row, COLUMN_NAME), "a value does not open; yibaod audit tells more");
        return BLOCKS_FAILED;
    }
    int length = PQgetlength(rows, row, COLUMN_SEALED);
    const char *values[] = {PQgetvalue(rows, row, COLUMN_SEALED), (const char *)again,
                            PQgetvalue(rows, row, COLUMN_NAME), PQgetvalue(rows, row, COLUMN_PERSON_KEY),
                            PQgetvalue(rows, row, COLUMN_OBJECT_ID)};
    const int lengths[] = {length, length, 0, 8, 16}, formats[] = {1, 1, 0, 1, 1};
    PGresult *result = PQexecParams(resealing->session->connection, table->store, 5, NULL, values, lengths, formats, 0);
    enum blocks_outcome outcome = blocks_outcome(resealing->session, result, table->name);
    if (outcome == BLOCKS_DONE)
        *stored += strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    free(again);
    return outcome;
}

static PGresult *scan(struct resealing *resealing, const struct table *table, long block)
{
    char from[32], to[32];
    snprintf(from, sizeof from, "(%ld,0)", block);
    snprintf(to, sizeof to, "(%ld,0)", block + table->blocks);
    const char *values[] = {resealing->version, from, to};
    return PQexecParams(resealing->session->connection, table->scan, 3, NULL, values, NULL, NULL, 1);
}

/* Rows that somebody else has locked for long, or that met ours crosswise, are left for the next pass. */
static bool reseal_slice(struct resealing *resealing, const struct table *table, long block)
{
    unsigned long long stored = 0;
    if (!pg_session_run(resealing->session, "BEGIN; SET LOCAL lock_timeout = '2s'"))
        return false;
    PGresult *rows = scan(resealing, table, block);
    enum blocks_outcome outcome = blocks_outcome(resealing->session, rows, table->name);
    int count = outcome == BLOCKS_DONE ? PQntuples(rows) : 0;
    for (int row = 0; outcome == BLOCKS_DONE && row < count; row++)
        if (PQgetvalue(rows, row, COLUMN_IS_FREE)[0] != 0)
            outcome = store(resealing, table, rows, row, &stored);
    PQclear(rows);
    if (outcome == BLOCKS_DONE && pg_session_run(resealing->session, "COMMIT")) {
        resealing->report->resealed += stored;
        resealing->report->left += (unsigned long long)count - stored;
        return true;
    }
    PQclear(PQexec(resealing->session->connection, "ROLLBACK"));
    resealing->report->left += (unsigned long long)count;
    return outcome == BLOCKS_BUSY;
}

static bool reseal_table(struct resealing *resealing, const struct table *table)
{
    long blocks = 0;
    if (!blocks_count(resealing->session, table->name, &blocks))
        return false;
    for (long block = 0; block < blocks; block += table->blocks)
        if (!reseal_slice(resealing, table, block))
            return false;
    return true;
}

static bool visit_tables(const char *db_directory, bool (*visit)(void *state, const struct table *table), void *state)
{
    char path[4400];
    struct script_list list;
    snprintf(path, sizeof path, "%s/keys", db_directory);
    if (!script_list_read(&list, path, ".sql"))
        return false;
    bool is_done = list.count > 0 || refuse(path, "holds no tables");
    for (size_t i = 0; is_done && i < list.count; i++) {
        struct table table;
        is_done = parse(&list.items[i], &table) && visit(state, &table);
    }
    script_list_free(&list);
    return is_done;
}

static bool visit_reseal(void *state, const struct table *table)
{
    return reseal_table(state, table);
}

bool reseal(struct pg_session *session, const struct keyring *keyring, const char *db_directory,
            struct reseal_report *report)
{
    struct resealing resealing = {.session = session, .keyring = keyring, .report = report};
    *report = (struct reseal_report){0};
    if (key_in_use(session, resealing.version) == NULL)
        return refuse("data_key", "no key seals");
    for (int pass = 0; pass < PASSES; pass++) {
        unsigned long long before = report->resealed;
        report->left = 0;
        if (!visit_tables(db_directory, visit_reseal, &resealing))
            return false;
        if (report->left == 0 && report->resealed == before)
            break;
    }
    return true;
}

/* Every value has another version than 0. */
static bool visit_counts(void *state, const struct table *table)
{
    static const char front[] = "SELECT get_byte(found.sealed, 1) * 256 + get_byte(found.sealed, 2), count(*) FROM (";
    static const char back[] =
        ") AS found (name, row_id, sealed, person_key, object_id, is_free) GROUP BY 1 ORDER BY 1";
    size_t room = sizeof front + strlen(table->scan) + sizeof back;
    char *sql = malloc(room);
    const char *values[] = {"0", "(0,0)", "(4294967294,0)"};
    if (sql == NULL)
        return refuse(table->name, "out of memory");
    snprintf(sql, room, "%s%s%s", front, table->scan, back);
    PGresult *rows = pg_session_query(state, sql, 3, values);
    free(sql);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++)
        printf("%-16s sealed by version %-5s %s values\n", table->name, PQgetvalue(rows, row, 0),
               PQgetvalue(rows, row, 1));
    PQclear(rows);
    return rows != NULL;
}

bool reseal_print_counts(struct pg_session *session, const char *db_directory)
{
    return visit_tables(db_directory, visit_counts, session);
}
