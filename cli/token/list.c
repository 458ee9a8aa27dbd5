/* `yibaod token list` and `yibaod token revoke`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/token/token.h"
#include "server/clock.h"
#include <stdio.h>
#include <string.h>

#define PAGE_ROWS "1000"

/* A label may hold anything: nothing of it must steer the terminal or look like another row. */
static void print_value(const char *value)
{
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        putchar(byte < ' ' || byte == 0x7f ? '?' : byte);
    }
}

static void print_row(const PGresult *result, int row)
{
    static const int columns[] = {
        TOKEN_LIST_COLUMN_TOKEN_ID,   TOKEN_LIST_COLUMN_KIND,       TOKEN_LIST_COLUMN_SUBJECT_ID,
        TOKEN_LIST_COLUMN_ROLES,      TOKEN_LIST_COLUMN_REGIONS,    TOKEN_LIST_COLUMN_CREATED_AT,
        TOKEN_LIST_COLUMN_EXPIRES_AT, TOKEN_LIST_COLUMN_REVOKED_AT, TOKEN_LIST_COLUMN_LABEL};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const char *value = PQgetvalue(result, row, columns[i]);
        fputs(i == 0 ? "" : "\t", stdout);
        print_value(value[0] == '\0' ? "-" : value);
    }
    putchar('\n');
}

static enum exit_code print_pages(const struct config *config, const struct token_options *options)
{
    char before[UUID_TEXT_LENGTH + 1] = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    int count = 0;
    puts("token_id\tkind\tsubject_id\troles\tregions\tcreated_at\texpires_at\trevoked_at\tlabel");
    do {
        const char *values[] = {
            [TOKEN_LIST_PARAM_BEFORE_TOKEN_ID] = before,
            [TOKEN_LIST_PARAM_KIND] = options->kind,
            [TOKEN_LIST_PARAM_SUBJECT_ID] = options->subject,
            [TOKEN_LIST_PARAM_ROW_LIMIT] = PAGE_ROWS,
        };
        PGresult *result = token_query(config, STATEMENT_TOKEN_LIST, values);
        if (result == NULL) {
            return EXIT_CODE_FAILED;
        }
        count = PQntuples(result);
        for (int row = 0; row < count; row++) {
            print_row(result, row);
        }
        if (count > 0) {
            snprintf(before, sizeof before, "%s", PQgetvalue(result, count - 1, TOKEN_LIST_COLUMN_TOKEN_ID));
        }
        PQclear(result);
    } while (count > 0);
    return EXIT_CODE_OK;
}

enum exit_code token_list_command(int argc, char **argv, const struct config *config)
{
    struct token_options options;
    struct uuid subject_id;
    enum exit_code code = EXIT_CODE_USAGE;
    bool is_read = token_options_read(argc, argv, &options);
    if (is_read && options.subject != NULL && !uuid_parse(span_of(options.subject), &subject_id)) {
        fputs("yibaod token: --subject must be a UUID\n", stderr);
    } else if (is_read) {
        code = print_pages(config, &options);
    }
    token_options_fini(&options);
    return code;
}

enum exit_code token_revoke_command(int argc, char **argv, const struct config *config)
{
    struct uuid token_id;
    if (argc != 2 || !uuid_parse(span_of(argv[1]), &token_id)) {
        fputs("yibaod token: revoke takes one token id (a UUID, as `yibaod token list` shows it)\n", stderr);
        return EXIT_CODE_USAGE;
    }
    char event_id[UUID_TEXT_LENGTH + 1];
    char now[33];
    uuid_format(uuid_make(uuid_key(token_id)), event_id);
    instant_format(clock_real_us(), now);
    const char *values[] = {
        [TOKEN_REVOKE_PARAM_TOKEN_ID] = argv[1],  [TOKEN_REVOKE_PARAM_VISIBLE] = NULL,
        [TOKEN_REVOKE_PARAM_REVOKED_BY] = NULL,   [TOKEN_REVOKE_PARAM_INSTANT] = now,
        [TOKEN_REVOKE_PARAM_EVENT_ID] = event_id, [TOKEN_REVOKE_PARAM_ACTOR_KIND] = "command_line",
        [TOKEN_REVOKE_PARAM_REQUEST_ID] = NULL,
    };
    PGresult *result = token_query(config, STATEMENT_TOKEN_REVOKE, values);
    if (result == NULL) {
        return EXIT_CODE_FAILED;
    }
    bool is_revoked = strcmp(PQgetvalue(result, 0, TOKEN_REVOKE_COLUMN_STATUS), "revoked") == 0;
    PQclear(result);
    if (!is_revoked) {
        fputs("yibaod token: there is no such token\n", stderr);
    }
    return is_revoked ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
