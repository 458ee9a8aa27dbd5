/* Copies a data file into a temporary table and merges it with a statement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/reference.h"
#include "server/pg/script.h"
#include "server/text.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS_BYTES_MAXIMUM 4096

static const char *skip_source_lines(const char *text)
{
    while (*text == '#') {
        text += strcspn(text, "\n");
        text += *text == '\n' ? 1 : 0;
    }
    return text;
}

static bool is_header(const char *header, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!islower((unsigned char)header[i]) && header[i] != '_' && header[i] != ',')
            return false;
    }
    return length > 0;
}

static bool create_table(struct pg_session *session, const char *header, size_t length)
{
    struct text sql;
    text_init(&sql, COLUMNS_BYTES_MAXIMUM);
    text_append_z(&sql, "CREATE TEMPORARY TABLE loaded (");
    for (size_t i = 0; i < length; i++) {
        if (header[i] == ',')
            text_append_z(&sql, " text");
        text_append_char(&sql, header[i]);
    }
    text_append_z(&sql, " text) ON COMMIT DROP");
    text_append_char(&sql, '\0');
    bool is_made = !sql.failed && pg_session_run(session, sql.bytes);
    text_fini(&sql);
    return is_made;
}

static bool copy_rows(struct pg_session *session, const char *rows)
{
    PGresult *started = pg_session_query(session, "COPY loaded FROM STDIN (FORMAT csv)", 0, NULL);
    if (started == NULL)
        return false;
    PQclear(started);
    bool is_sent = PQputCopyData(session->connection, rows, (int)strlen(rows)) == 1 &&
                   PQputCopyEnd(session->connection, NULL) == 1;
    for (PGresult *result; (result = PQgetResult(session->connection)) != NULL; PQclear(result))
        is_sent = is_sent && PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_sent)
        fprintf(stderr, "yibaod: PostgreSQL: %s", PQerrorMessage(session->connection));
    return is_sent;
}

static bool copy_file(struct pg_session *session, const char *directory, const char *name)
{
    struct script file;
    if (!script_read(&file, directory, name))
        return false;
    const char *header = skip_source_lines(file.text);
    size_t length = strcspn(header, "\r\n");
    bool is_copied = is_header(header, length);
    if (!is_copied)
        fprintf(stderr, "yibaod: %s has no header of lower-case names\n", name);
    is_copied = is_copied && pg_session_run(session, "DROP TABLE IF EXISTS loaded") &&
                create_table(session, header, length) &&
                copy_rows(session, header + length + strspn(header + length, "\r\n"));
    script_free(&file);
    return is_copied;
}

static bool merge(struct pg_session *session, const char *directory, const struct script *script,
                  long long *rows_changed)
{
    char csv[256], path[4352];
    const char *stem = script->name + strspn(script->name, "0123456789_");
    snprintf(csv, sizeof csv, "%.*s.csv", (int)(strlen(stem) - strlen(".sql")), stem);
    snprintf(path, sizeof path, "%s/%s", directory, csv);
    if (access(path, F_OK) == 0 && !copy_file(session, directory, csv)) {
        fprintf(stderr, "yibaod: %s was not loaded\n", csv);
        return false;
    }
    PGresult *result = pg_session_query(session, script->text, 0, NULL);
    if (result == NULL) {
        fprintf(stderr, "yibaod: %s failed\n", script->name);
        return false;
    }
    *rows_changed += atoll(PQcmdTuples(result));
    PQclear(result);
    return true;
}

bool reference_load(struct pg_session *session, const char *directory, long long *rows_changed)
{
    char data[4096];
    snprintf(data, sizeof data, "%s/data", directory);
    struct script_list list;
    if (!script_list_read(&list, data, ".sql"))
        return false;
    *rows_changed = 0;
    bool is_done = pg_session_run(session, "BEGIN");
    for (size_t i = 0; is_done && i < list.count; i++)
        is_done = merge(session, data, &list.items[i], rows_changed);
    script_list_free(&list);
    if (is_done)
        return pg_session_run(session, "COMMIT");
    PQclear(PQexec(session->connection, "ROLLBACK"));
    return false;
}
