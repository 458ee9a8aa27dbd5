/* `yibaod migrate`: brings a database to this version, and shows how far it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/migrate.h"
#include "cli/commands.h"
#include "cli/db_directory.h"
#include "cli/deployment.h"
#include "server/crypto/keyring.h"
#include "server/pg/session.h"
#include <string.h>

struct options {
    bool is_status;
    const char *db;
};

static void print_usage(FILE *out)
{
    fputs("usage: yibaod migrate [--status] [--db DIRECTORY]\n\n"
          "Applies what is missing of db/migrations, all of db/functions and the reference rows of db/data to "
          "DATABASE_URL,\n"
          "and makes missing keys. Running it again does no harm. In production mode (YIBAO_MODE) it marks the "
          "database, and "
          "no\n"
          "process in another mode opens it any more. DATABASE_URL names the owner of the database: a role that may\n"
          "create roles, or for which a superuser has run once\n"
          "    CREATE ROLE yibao_app NOLOGIN; GRANT yibao_app TO owner;\n\n"
          "  --status  print one line for each migration, change nothing; fails when one is pending\n"
          "  --db      the directory with migrations/, functions/ and data/, when it is not found by itself\n",
          out);
}

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--status") == 0)
            options->is_status = true;
        else if (strcmp(argv[i], "--db") == 0 && i + 1 < argc)
            options->db = argv[++i];
        else
            return false;
    }
    return true;
}

static int show_status(struct pg_session *session, const char *directory)
{
    bool is_current = false;
    if (!migrate_print_status(session, directory, &is_current))
        return EXIT_CODE_FAILED;
    return is_current ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int migrate(struct pg_session *session, const char *directory, const struct config *config)
{
    struct migrate_report report;
    const char *error = NULL;
    if (!migrate_lock(session) || !migrate_run(session, directory, &report) || !deployment_mark(session, config))
        return EXIT_CODE_FAILED;
    if (!keyring_create_missing(session, config->master_key_file, &error)) {
        fprintf(stderr, "yibaod: %s\n", error);
        return EXIT_CODE_FAILED;
    }
    if (report.migrations_applied == 0 && report.rows_changed == 0)
        puts("nothing to do");
    else
        printf("applied %zu migrations and %zu functions, changed %lld reference rows\n", report.migrations_applied,
               report.functions_applied, report.rows_changed);
    return EXIT_CODE_OK;
}

int command_migrate(int argc, char **argv, const struct config *config)
{
    struct options options;
    if (!parse(argc, argv, &options)) {
        bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    char directory[4096];
    struct pg_session session;
    if (!db_directory_find(options.db, directory, sizeof directory) ||
        !pg_session_open(&session, config->database_url, NULL))
        return EXIT_CODE_FAILED;
    int code = options.is_status ? show_status(&session, directory) : migrate(&session, directory, config);
    pg_session_close(&session);
    return code;
}
