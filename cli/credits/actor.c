/* Who runs the command: the member of staff whose token it was given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/credits/run.h"
#include "server/auth/token.h"
#include "server/clock.h"
#include "server/pg/statement.h"
#include "server/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQL_BYTES 8192
#define HASH_TEXT_LENGTH (2 + 2 * TOKEN_HASH_BYTES)

static bool complain(const char *what)
{
    fprintf(stderr, "yibaod credits: %s\n", what);
    return false;
}

static bool read_token(const char *path, char token[TOKEN_TEXT_LENGTH + 1])
{
    if (path == NULL) {
        const char *value = getenv("YIBAO_TOKEN");
        if (value == NULL)
            return complain("whose run is it? Set YIBAO_TOKEN, or name a file with --token-file");
        snprintf(token, TOKEN_TEXT_LENGTH + 1, "%s", value);
        return true;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return complain("the file of --token-file cannot be read");
    token[fread(token, 1, TOKEN_TEXT_LENGTH, file)] = '\0';
    fclose(file);
    return true;
}

static void write_hash(const uint8_t hash[TOKEN_HASH_BYTES], char text[HASH_TEXT_LENGTH + 1])
{
    snprintf(text, HASH_TEXT_LENGTH + 1, "\\x");
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", hash[i]);
}

/* By the statement that requests are authenticated with. */
static PGresult *find(struct credits_run *run, const char *hash_text)
{
    struct text sql;
    char now[33];
    char hashes[HASH_TEXT_LENGTH + 8];
    text_init(&sql, SQL_BYTES);
    text_printf(
        &sql,
        "SELECT found.kind, found.subject_id, found.roles, found.regions FROM (%s) AS found (ord, token_id, kind, "
        "subject_id, roles, regions, expires_at, epoch, client_kind) WHERE (found.expires_at <= $2::timestamptz) IS "
        "NOT TRUE",
        statement_infos[STATEMENT_TOKEN_FIND].sql);
    text_append_char(&sql, '\0');
    instant_format(clock_real_us(), now);
    snprintf(hashes, sizeof hashes, "{\"\\%s\"}", hash_text);
    const char *values[] = {hashes, now};
    PGresult *row = sql.failed ? NULL : pg_session_query(&run->session, sql.bytes, 2, values);
    text_fini(&sql);
    return row;
}

enum { COLUMN_KIND, COLUMN_SUBJECT_ID, COLUMN_ROLES, COLUMN_REGIONS };

static bool take_row(const PGresult *row, struct principal *actor)
{
    *actor = (struct principal){.expires_at_us = INT64_MAX};
    if (PQntuples(row) != 1 || !principal_kind_parse(span_of(PQgetvalue(row, 0, COLUMN_KIND)), &actor->kind) ||
        actor->kind != PRINCIPAL_STAFF)
        return complain("the token is no member of staff's, or is not valid any more");
    actor->roles = principal_roles_parse(span_of(PQgetvalue(row, 0, COLUMN_ROLES)));
    if ((actor->roles & ROLE_OPERATOR) == 0)
        return complain("only an operator may run credits");
    return (uuid_parse(span_of(PQgetvalue(row, 0, COLUMN_SUBJECT_ID)), &actor->subject_id) &&
            principal_regions_parse(span_of(PQgetvalue(row, 0, COLUMN_REGIONS)), actor)) ||
           complain("the token's record cannot be read");
}

bool actor_find(struct credits_run *run)
{
    char token[TOKEN_TEXT_LENGTH + 1];
    uint8_t hash[TOKEN_HASH_BYTES];
    char hash_text[HASH_TEXT_LENGTH + 1];
    enum principal_kind kind;
    if (!read_token(run->options->token_file, token))
        return false;
    bool is_token = token_check(span_of(token), &kind) && token_hash(span_of(token), hash);
    explicit_bzero(token, sizeof token);
    if (!is_token)
        return complain("that is no token");
    write_hash(hash, hash_text);
    PGresult *row = find(run, hash_text);
    bool is_found = row != NULL && take_row(row, &run->actor);
    PQclear(row);
    return is_found;
}
