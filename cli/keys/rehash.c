/* The stages of a key whose hashes form a chain: what holds before each, and what is done in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/rehash.h"
#include "cli/import/run.h"
#include "cli/keys/forget.h"
#include "cli/keys/rehash_place.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLAIM_LOCK 7309455 /* db/functions/007_identifiers_claim.sql */

struct rehashing {
    struct pg_session *session;
    const struct keyring *keyring;
    const char *db_directory;
    unsigned pause_s;
    struct rehash_report *report;
};

/* What a stage waits for, does, and becomes; `of` says whose it is. */
struct stage {
    const char *name;
    bool of_newer;
    bool waits; /* until every process has noticed it */
    enum rehash_step step;
    const char *change; /* $1 purpose, $2 the older version */
};

/*
 * Between two neighbours of this list processes may disagree for a while, and nothing goes wrong: each writes at least
 * what the other looks up by. That nobody is two stages behind is what the pauses and the locks are for.
 */
static const struct stage stages[] = {
    {"announced", true, true, REHASH_ANNOUNCED,
     "UPDATE data_key SET stage = 'written', staged_at = clock_timestamp() WHERE purpose = $1 AND version = $2 + 1"},
    {"written", true, false, REHASH_WRITTEN,
     "UPDATE data_key SET stage = 'looked', staged_at = clock_timestamp(), seals_from = clock_timestamp()"
     " WHERE purpose = $1 AND version = $2 + 1"},
    {"looked", true, true, REHASH_LOOKED,
     "UPDATE data_key SET stage = 'leaving', staged_at = clock_timestamp(), retired_at = clock_timestamp()"
     " WHERE purpose = $1 AND version = $2"},
    {"leaving", false, true, REHASH_LEAVING,
     "UPDATE data_key SET stage = 'refused', staged_at = clock_timestamp() WHERE purpose = $1 AND version = $2"},
    {"refused", false, false, REHASH_REFUSED,
     "UPDATE data_key SET stage = 'link', staged_at = clock_timestamp() WHERE purpose = $1 AND version = $2"},
};

/* The stage that a key is in, or NULL when it is not changing; *older is the version that goes. */
static bool find_stage(struct rehashing *rehashing, enum key_purpose purpose, const struct stage **stage,
                       unsigned *older)
{
    const char *values[] = {key_purpose_name(purpose)};
    PGresult *row = pg_session_query(rehashing->session,
                                     "SELECT stage, version FROM data_key WHERE purpose = $1 AND stage <> 'link'"
                                     " AND (stage <> 'looked' OR EXISTS (SELECT FROM data_key AS older"
                                     "      WHERE older.purpose = $1 AND older.stage = 'looked'"
                                     "      AND older.version < data_key.version))"
                                     " ORDER BY version LIMIT 1",
                                     1, values);
    *stage = NULL;
    for (size_t i = 0; row != NULL && PQntuples(row) == 1 && i < sizeof stages / sizeof *stages; i++)
        if (strcmp(stages[i].name, PQgetvalue(row, 0, 0)) == 0) {
            *stage = &stages[i];
            *older = (unsigned)strtoul(PQgetvalue(row, 0, 1), NULL, 10) - (stages[i].of_newer ? 1 : 0);
        }
    PQclear(row);
    return row != NULL;
}

static bool wait_for_processes(struct rehashing *rehashing, enum key_purpose purpose)
{
    char seconds[12];
    bool is_told = false;
    snprintf(seconds, sizeof seconds, "%u", rehashing->pause_s);
    const char *values[] = {key_purpose_name(purpose), seconds};
    for (;;) {
        PGresult *row = pg_session_query(rehashing->session,
                                         "SELECT max(staged_at) + make_interval(secs => $2) < clock_timestamp()"
                                         " FROM data_key WHERE purpose = $1",
                                         2, values);
        bool is_known = row != NULL;
        bool is_over = is_known && PQgetvalue(row, 0, 0)[0] == 't';
        PQclear(row);
        if (!is_known || is_over)
            return is_over;
        if (!is_told)
            fprintf(stderr, "yibaod: %s: waiting until every process has noticed\n", values[0]);
        is_told = true;
        sleep(1);
    }
}

/*
 * Imports work with the keys that they began with, so they are waited for; who stores a number is let out, and sees
 * the new stage from then on.
 */
static bool change_stage(struct rehashing *rehashing, enum key_purpose purpose, unsigned older, const char *sql)
{
    char text[160], version[12];
    snprintf(version, sizeof version, "%u", older);
    const char *values[] = {key_purpose_name(purpose), version};
    snprintf(text, sizeof text, "SELECT pg_advisory_lock(%d, 0)", IMPORT_LOCK);
    bool is_done = pg_session_run(rehashing->session, "SET lock_timeout = 0") &&
                   pg_session_run(rehashing->session, text) && pg_session_run(rehashing->session, "BEGIN");
    snprintf(text, sizeof text, "SELECT pg_advisory_xact_lock(%d, 0)", CLAIM_LOCK);
    is_done = is_done && pg_session_run(rehashing->session, text);
    PGresult *result = is_done ? pg_session_query(rehashing->session, sql, 2, values) : NULL;
    is_done = result != NULL && pg_session_run(rehashing->session, "COMMIT");
    PQclear(result);
    snprintf(text, sizeof text, "SELECT pg_advisory_unlock(%d, 0)", IMPORT_LOCK);
    return is_done && pg_session_run(rehashing->session, text);
}

static bool advance(struct rehashing *rehashing, enum key_purpose purpose, bool *is_going_on)
{
    const struct stage *stage = NULL;
    unsigned older = 0;
    if (!find_stage(rehashing, purpose, &stage, &older))
        return false;
    if (stage == NULL)
        return true;
    *is_going_on = true;
    struct rehash_key key = {.purpose = purpose, .version = older};
    return (!stage->waits || wait_for_processes(rehashing, purpose)) &&
           rehash_places(rehashing->session, rehashing->keyring, rehashing->db_directory, stage->step, key,
                         rehashing->report) &&
           change_stage(rehashing, purpose, older, stage->change);
}

static bool lock_rehash(struct pg_session *session)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%d, 1)", CLAIM_LOCK);
    PGresult *row = pg_session_query(session, sql, 0, NULL);
    bool is_free = row != NULL && PQgetvalue(row, 0, 0)[0] == 't';
    if (row != NULL && !is_free)
        fprintf(stderr, "yibaod: another yibaod keys rehash is at work\n");
    PQclear(row);
    return is_free;
}

/* All keys in step, so that they wait together. */
bool rehash(struct pg_session *session, const struct keyring *keyring, const char *db_directory, unsigned pause_s,
            struct rehash_report *report)
{
    struct rehashing rehashing = {
        .session = session, .keyring = keyring, .db_directory = db_directory, .pause_s = pause_s, .report = report};
    *report = (struct rehash_report){0};
    if (!lock_rehash(session))
        return false;
    for (bool is_going_on = true; is_going_on;) {
        is_going_on = false;
        for (int purpose = 0; purpose < KEY_PURPOSES; purpose++)
            if (key_purpose_is_chained((enum key_purpose)purpose) &&
                !advance(&rehashing, (enum key_purpose)purpose, &is_going_on))
                return false;
    }
    return forget_sources(session, &report->forgotten);
}
