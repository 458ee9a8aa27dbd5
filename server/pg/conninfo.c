/* Merges the operator's connection string with the program's own settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/conninfo.h"
#include "server/log.h"
#include "server/secret_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAXIMUM 80 /* libpq 17 knows 48 keywords */

struct pairs {
    const char *keywords[PAIRS_MAXIMUM + 1];
    const char *values[PAIRS_MAXIMUM + 1];
    int count;
};

static void put(struct pairs *pairs, const char *keyword, const char *value)
{
    if (pairs->count == PAIRS_MAXIMUM)
        return;
    pairs->keywords[pairs->count] = keyword;
    pairs->values[pairs->count++] = value;
    pairs->keywords[pairs->count] = pairs->values[pairs->count] = NULL;
}

static bool names_several_hosts(const PQconninfoOption *given)
{
    for (; given->keyword != NULL; given++)
        if (given->val != NULL && strncmp(given->keyword, "host", 4) == 0 && strchr(given->val, ',') != NULL)
            return true;
    return false;
}

/* A keyword given later wins in libpq, so ours come first where the operator may overrule them. */
static char *merge(struct pairs *pairs, const PQconninfoOption *given, const char *options, const char *target)
{
    const char *given_options = "";
    if (target != NULL)
        put(pairs, "target_session_attrs", target);
    else if (names_several_hosts(given)) /* of which the one that takes writes is meant, whichever it is today */
        put(pairs, "target_session_attrs", "read-write");
    put(pairs, "application_name", "yibaod");
    put(pairs, "keepalives_idle", "10");
    put(pairs, "keepalives_interval", "3");
    put(pairs, "keepalives_count", "3");
    put(pairs, "tcp_user_timeout", "10000");
    for (; given->keyword != NULL; given++) {
        if (given->val == NULL)
            continue;
        if (strcmp(given->keyword, "options") == 0)
            given_options = given->val;
        else
            put(pairs, given->keyword, given->val);
    }
    put(pairs, "client_encoding", "UTF8");
    char *merged = NULL;
    if (asprintf(&merged, "%s %s", given_options, options) < 0)
        return NULL;
    put(pairs, "options", merged);
    return merged;
}

/* "a,b,c" by one is "b,c,a". */
static void rotate(char *list, unsigned turn)
{
    unsigned count = 1;
    for (const char *c = list; *c != '\0'; c++)
        count += *c == ',';
    char *copy = turn % count == 0 ? NULL : strdup(list);
    if (copy == NULL)
        return;
    const char *first = copy;
    for (unsigned i = 0; i < turn % count; i++)
        first = strchr(first, ',') + 1;
    snprintf(list, strlen(copy) + 1, "%s,%.*s", first, (int)(first - copy - 1), copy);
    free(copy);
}

static void rotate_hosts(PQconninfoOption *given, unsigned turn)
{
    for (; given->keyword != NULL; given++)
        if (given->val != NULL && (strcmp(given->keyword, "host") == 0 || strcmp(given->keyword, "hostaddr") == 0 ||
                                   strcmp(given->keyword, "port") == 0))
            rotate(given->val, turn);
}

static const char *password_file = "";

void conninfo_set_password_file(const char *path)
{
    password_file = path;
}

/* Wiped by the caller; empty when there is no file. */
static bool read_password(char out[SECRET_LINE_BYTES_MAXIMUM], const char **why)
{
    out[0] = '\0';
    return password_file[0] == '\0' || secret_file_read_line(password_file, out, SECRET_LINE_BYTES_MAXIMUM, why);
}

bool conninfo_check_password_file(const char **why)
{
    char password[SECRET_LINE_BYTES_MAXIMUM];
    bool ok = read_password(password, why);
    explicit_bzero(password, sizeof password);
    return ok;
}

/* libpq keeps its own copy of the password for as long as the connection lives. */
static PGconn *connect_as(struct pairs *pairs, bool waits)
{
    char password[SECRET_LINE_BYTES_MAXIMUM];
    const char *why = NULL;
    PGconn *connection = NULL;
    if (!read_password(password, &why)) {
        LOG(LOG_ERROR, "database_password_unusable", LOG_TEXT("file", span_of(password_file)),
            LOG_TEXT("why", span_of(why)));
    } else {
        if (password[0] != '\0')
            put(pairs, "password", password);
        connection = waits ? PQconnectdbParams(pairs->keywords, pairs->values, 0)
                           : PQconnectStartParams(pairs->keywords, pairs->values, 0);
    }
    explicit_bzero(password, sizeof password);
    return connection;
}

static PGconn *connect_with(const char *conninfo, const char *options, const char *target, const char *connect_timeout,
                            unsigned turn)
{
    char *error = NULL;
    PQconninfoOption *given = PQconninfoParse(conninfo, &error);
    if (given == NULL) {
        fprintf(stderr, "yibaod: a connection string cannot be read: %s", error == NULL ? "out of memory\n" : error);
        PQfreemem(error);
        return NULL;
    }
    rotate_hosts(given, turn);
    struct pairs pairs = {.count = 0};
    char *merged = merge(&pairs, given, options, target);
    PGconn *connection = NULL;
    if (connect_timeout != NULL)
        put(&pairs, "connect_timeout", connect_timeout);
    if (merged != NULL)
        connection = connect_as(&pairs, connect_timeout != NULL);
    free(merged);
    PQconninfoFree(given);
    return connection;
}

PGconn *conninfo_connect_start(const char *conninfo, const char *options, const char *target, unsigned turn)
{
    return connect_with(conninfo, options, target, NULL, turn);
}

PGconn *conninfo_connect(const char *conninfo, const char *options, int connect_timeout_s)
{
    char seconds[12];
    snprintf(seconds, sizeof seconds, "%d", connect_timeout_s);
    return connect_with(conninfo, options, NULL, seconds, 0);
}
