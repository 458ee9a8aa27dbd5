/* Reads and prepares the statements of an audit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/checks.h"
#include <openssl/evp.h>
#include <stdio.h>

#define DIRECTORY_BYTES 4400

static bool read_list(struct script_list *list, const char *directory, const char *name)
{
    char path[DIRECTORY_BYTES];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (!script_list_read(list, path, ".sql"))
        return false;
    if (list->count == 0)
        fprintf(stderr, "yibaod: no checks in %s\n", path);
    return list->count > 0;
}

bool checks_read(struct checks *checks, const char *directory)
{
    *checks = (struct checks){0};
    bool is_read = script_read(&checks->people_range, directory, "range.sql") &&
                   script_read(&checks->wide_range, directory, "wide_range.sql") &&
                   script_read(&checks->totals, directory, "totals.sql") &&
                   read_list(&checks->people, directory, "checks") && read_list(&checks->wide, directory, "wide");
    if (!is_read)
        checks_free(checks);
    return is_read;
}

void checks_free(struct checks *checks)
{
    script_free(&checks->people_range);
    script_free(&checks->wide_range);
    script_free(&checks->totals);
    script_list_free(&checks->people);
    script_list_free(&checks->wide);
}

typedef bool (*visitor)(void *context, const struct script *script);

static bool visit_list(const struct script_list *list, visitor visit, void *context)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!visit(context, &list->items[i]))
            return false;
    }
    return true;
}

static bool visit_all(const struct checks *checks, visitor visit, void *context)
{
    return visit(context, &checks->people_range) && visit(context, &checks->wide_range) &&
           visit(context, &checks->totals) && visit_list(&checks->people, visit, context) &&
           visit_list(&checks->wide, visit, context);
}

static bool digest_one(void *context, const struct script *script)
{
    return EVP_DigestUpdate(context, script->checksum, sizeof script->checksum) == 1;
}

/* The first half of a SHA-256 over the checksums, in hexadecimal. */
static bool digest(const struct checks *checks, char out[33])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context != NULL && EVP_DigestInit_ex2(context, EVP_sha256(), NULL) == 1 &&
                   visit_all(checks, digest_one, context) && EVP_DigestFinal_ex(context, bytes, NULL) == 1;
    EVP_MD_CTX_free(context);
    for (int i = 0; is_done && i < 16; i++)
        snprintf(out + (ptrdiff_t)2 * i, 3, "%02x", bytes[i]);
    return is_done;
}

/* A cluster has its number from birth, and each of its databases one of its own. */
#define DATABASE_SQL                                                                                                   \
    "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database WHERE datname = current_database()"

bool checks_fingerprint(const struct checks *checks, struct pg_session *session, char out[CHECKS_FINGERPRINT_BYTES])
{
    char hex[33] = "";
    if (!digest(checks, hex))
        return false;
    PGresult *rows = pg_session_query(session, DATABASE_SQL, 0, NULL);
    bool is_found = rows != NULL && PQntuples(rows) == 1;
    if (is_found)
        snprintf(out, CHECKS_FINGERPRINT_BYTES, "%s %s", PQgetvalue(rows, 0, 0), hex);
    PQclear(rows);
    return is_found;
}

static bool prepare_one(void *context, const struct script *script)
{
    struct pg_session *session = context;
    PGresult *result = PQprepare(session->connection, script->name, script->text, 0, NULL);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_done)
        fprintf(stderr, "yibaod: %s: %s", script->name, PQerrorMessage(session->connection));
    PQclear(result);
    return is_done;
}

bool checks_prepare(const struct checks *checks, struct pg_session *session)
{
    return visit_all(checks, prepare_one, session);
}
