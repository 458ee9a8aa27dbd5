/* Runs the program's own statements over a blocking session, so that the command line has no SQL of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/deployment.h"
#include "cli/token/token.h"
#include <assert.h>
#include <stdio.h>

#define ARRAY_BYTES 4096

/* One element as the text of an array. */
static void write_array(const char *value, struct text *out)
{
    if (value == NULL) {
        text_append_z(out, "{NULL}");
        return;
    }
    text_append_z(out, "{\"");
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\') {
            text_append_char(out, '\\');
        }
        text_append_char(out, *value);
    }
    text_append_z(out, "\"}");
}

PGresult *token_query(const struct config *config, enum statement statement, const char *const *values)
{
    const struct statement_info *info = &statement_infos[statement];
    const char *params[LIMIT_STATEMENT_PARAMS];
    struct text arrays[LIMIT_STATEMENT_PARAMS];
    struct pg_session session;
    bool failed = false;
    for (int i = 0; i < info->params_count; i++) {
        text_init(&arrays[i], ARRAY_BYTES);
        if (info->mode == STATEMENT_SET) {
            write_array(values[i], &arrays[i]);
            text_append_char(&arrays[i], '\0');
        }
        params[i] = info->mode == STATEMENT_SET ? arrays[i].bytes : values[i];
        failed |= arrays[i].failed;
    }
    PGresult *result = NULL;
    if (failed) {
        fputs("yibaod token: a value is too long\n", stderr);
    } else if (pg_session_open(&session, config->database_url, "yibao_app")) {
        /* A token made in the wrong mode would be one that mode's rules forbid; to revoke is never wrong. */
        if (statement != STATEMENT_TOKEN_CREATE || deployment_check(&session, config))
            result = pg_session_query(&session, info->sql, info->params_count, params);
        pg_session_close(&session);
    }
    for (int i = 0; i < info->params_count; i++) {
        text_fini(&arrays[i]);
    }
    return result;
}
