/* Stores hashes of the next version, and takes those of the older away, 16 blocks of a table at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/rehash_place.h"
#include "cli/keys/blocks.h"
#include "cli/keys/rehash_file.h"
#include "server/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_BYTES_MAX ((size_t)64 << 20)

enum { COLUMN_ID, COLUMN_HASH };

struct work {
    struct pg_session *session;
    const struct keyring *keyring;
    struct rehash_key key;
    enum rehash_step step;
    bool drops;
    unsigned long long stored, dropped; /* in this pass */
    struct rehash_report *report;
};

struct arguments {
    char from[32], to[32], version[12];
    const char *values[4];
};

static void bind_range(struct arguments *arguments, struct rehash_key key, long from, long to)
{
    snprintf(arguments->from, sizeof arguments->from, "(%ld,0)", from);
    snprintf(arguments->to, sizeof arguments->to, "(%ld,0)", to);
    snprintf(arguments->version, sizeof arguments->version, "%u", key.version);
    arguments->values[0] = arguments->from;
    arguments->values[1] = arguments->to;
    arguments->values[2] = key_purpose_name(key.purpose);
    arguments->values[3] = arguments->version;
}

static bool append_hash(const struct work *work, const PGresult *rows, int row, struct text *hashes)
{
    size_t length = 0;
    uint8_t next[KEYED_HASH_BYTES];
    unsigned char *hash = PQunescapeBytea((const unsigned char *)PQgetvalue(rows, row, COLUMN_HASH), &length);
    bool is_done = hash != NULL && length == KEYED_HASH_BYTES &&
                   keyring_hash_again(work->keyring, work->key.purpose, work->key.version, hash, next);
    PQfreemem(hash);
    text_append_z(hashes, row == 0 ? "{\"\\\\x" : ",\"\\\\x");
    for (size_t i = 0; is_done && i < sizeof next; i++)
        text_printf(hashes, "%02x", next[i]);
    text_append_char(hashes, '"');
    return is_done;
}

/* Ids and next hashes of the rows, as arrays. */
static bool make_arrays(const struct work *work, const PGresult *rows, struct text *ids, struct text *hashes)
{
    bool is_done = true;
    for (int row = 0; is_done && row < PQntuples(rows); row++) {
        text_append_char(ids, row == 0 ? '{' : ',');
        text_append_z(ids, PQgetvalue(rows, row, COLUMN_ID)); /* hexadecimal digits, a number or a uuid */
        is_done = append_hash(work, rows, row, hashes);
    }
    text_append(ids, "}", 2);
    text_append(hashes, "}", 2);
    return is_done && !ids->failed && !hashes->failed;
}

static enum blocks_outcome change(struct work *work, const struct rehash_file *place, const char *sql,
                                  const struct arguments *arguments, const struct text *ids, const struct text *hashes,
                                  unsigned long long *count)
{
    const char *values[] = {ids->bytes, hashes->bytes, arguments->values[2], arguments->values[3]};
    PGresult *result = PQexecParams(work->session->connection, sql, 4, NULL, values, NULL, NULL, 0);
    enum blocks_outcome outcome = blocks_outcome(work->session, result, place->name);
    if (outcome == BLOCKS_DONE)
        *count += strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return outcome;
}

static enum blocks_outcome change_rows(struct work *work, const struct rehash_file *place, const PGresult *rows,
                                       const struct arguments *arguments, unsigned long long counts[2])
{
    struct text ids, hashes;
    enum blocks_outcome outcome = BLOCKS_FAILED;
    text_init(&ids, ARRAY_BYTES_MAX);
    text_init(&hashes, ARRAY_BYTES_MAX);
    if (make_arrays(work, rows, &ids, &hashes))
        outcome = change(work, place, place->store, arguments, &ids, &hashes, &counts[0]);
    else
        fprintf(stderr, "yibaod: %s: a key or memory is missing\n", place->name);
    if (outcome == BLOCKS_DONE && work->drops && place->drop != NULL)
        outcome = change(work, place, place->drop, arguments, &ids, &hashes, &counts[1]);
    text_fini(&ids);
    text_fini(&hashes);
    return outcome;
}

/* What somebody else has locked for long is tried again. */
static enum blocks_outcome try_slice(struct work *work, const struct rehash_file *place, long block)
{
    char sql[4096];
    struct arguments arguments = {0};
    unsigned long long counts[2] = {0, 0};
    bind_range(&arguments, work->key, block, block + place->blocks);
    snprintf(sql, sizeof sql, "%s\n%s", place->scan, place->lock);
    if (!pg_session_run(work->session, "BEGIN; SET LOCAL lock_timeout = '2s'"))
        return BLOCKS_FAILED;
    PGresult *rows = PQexecParams(work->session->connection, sql, 4, NULL, arguments.values, NULL, NULL, 0);
    enum blocks_outcome outcome = blocks_outcome(work->session, rows, place->name);
    if (outcome == BLOCKS_DONE && PQntuples(rows) > 0)
        outcome = change_rows(work, place, rows, &arguments, counts);
    PQclear(rows);
    if (outcome == BLOCKS_DONE && !pg_session_run(work->session, "COMMIT"))
        return BLOCKS_FAILED;
    if (outcome != BLOCKS_DONE) {
        PQclear(PQexec(work->session->connection, "ROLLBACK"));
        return outcome;
    }
    work->stored += counts[0];
    work->dropped += counts[1];
    return outcome;
}

static bool pass(struct work *work, const struct rehash_file *place)
{
    long blocks = 0;
    if (!blocks_count(work->session, place->table, &blocks))
        return false;
    for (long block = 0; block < blocks; block += place->blocks) {
        enum blocks_outcome outcome = BLOCKS_BUSY;
        while (outcome == BLOCKS_BUSY)
            outcome = try_slice(work, place, block);
        if (outcome == BLOCKS_FAILED)
            return false;
    }
    return true;
}

static bool is_asked(const struct work *work, const struct rehash_file *place)
{
    static const char *const names[] = {"announced", "written", "looked", "leaving", "refused"};
    const char *step = names[work->step];
    return strstr(place->purposes, key_purpose_name(work->key.purpose)) != NULL &&
           (work->step == REHASH_REFUSED || strcmp(place->adds_at, step) == 0 || strcmp(place->drops_at, step) == 0);
}

/* Rows move when somebody changes them: again, until a whole pass has found nothing to do. */
static bool visit_rehash(void *state, const struct rehash_file *place)
{
    struct work *work = state;
    bool is_going_on = is_asked(work, place);
    while (is_going_on) {
        work->stored = work->dropped = 0;
        if (!pass(work, place))
            return false;
        work->report->stored += work->stored;
        work->report->dropped += work->dropped;
        is_going_on = work->stored + work->dropped > 0;
    }
    return true;
}

bool rehash_places(struct pg_session *session, const struct keyring *keyring, const char *db_directory,
                   enum rehash_step step, struct rehash_key key, struct rehash_report *report)
{
    struct work work = {.session = session,
                        .keyring = keyring,
                        .key = key,
                        .step = step,
                        .drops = step == REHASH_LEAVING || step == REHASH_REFUSED,
                        .report = report};
    return rehash_files_visit(db_directory, visit_rehash, &work);
}

struct counting {
    struct pg_session *session;
    struct rehash_key key;
};

static bool visit_count(void *state, const struct rehash_file *place)
{
    const struct counting *counting = state;
    char sql[4096];
    struct arguments arguments = {0};
    if (strstr(place->purposes, key_purpose_name(counting->key.purpose)) == NULL)
        return true;
    bind_range(&arguments, counting->key, 0, BLOCKS_LAST);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s) AS found", place->scan);
    PGresult *row = pg_session_query(counting->session, sql, 4, arguments.values);
    if (row != NULL && strcmp(PQgetvalue(row, 0, 0), "0") != 0)
        printf("%-22s %-20s version %-5u %s hashes\n", place->table, arguments.values[2], counting->key.version,
               PQgetvalue(row, 0, 0));
    PQclear(row);
    return row != NULL;
}

bool rehash_print_counts(struct pg_session *session, const char *db_directory)
{
    static const char sql[] = "SELECT purpose, version FROM data_key ORDER BY purpose, version";
    PGresult *rows = pg_session_query(session, sql, 0, NULL);
    bool is_done = rows != NULL;
    for (int row = 0; is_done && row < PQntuples(rows); row++) {
        struct counting counting = {
            .session = session,
            .key = {.purpose = key_purpose_find(PQgetvalue(rows, row, 0)),
                    .version = (unsigned)strtoul(PQgetvalue(rows, row, 1), NULL, 10)},
        };
        is_done =
            !key_purpose_is_chained(counting.key.purpose) || rehash_files_visit(db_directory, visit_count, &counting);
    }
    PQclear(rows);
    return is_done;
}
