/* `yibaod audit`: proves that every fen is where the ledger says, with statements of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/report.h"
#include "cli/audit/slices.h"
#include "cli/commands.h"
#include "cli/db_directory.h"
#include "server/pg/session.h"
#include <string.h>
#include <unistd.h>

struct options {
    bool is_json;
    const char *db;
};

static void print_usage(FILE *out)
{
    fputs("usage: yibaod audit [--json] [--db DIRECTORY]\n\n"
          "Recomputes every balance, running sum, hash chain, pairing and contribution of DATABASE_URL and prints sums "
          "and\n"
          "faults: table, key, column, what was expected and what was found. Exit code 0 when there are none, 1 "
          "otherwise.\n"
          "Reads only, in one snapshot; may run beside a working server.\n\n"
          "  --json  the report as JSON\n"
          "  --db    the directory with audit/, when it is not found by itself\n",
          out);
}

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            options->is_json = true;
        else if (strcmp(argv[i], "--db") == 0 && i + 1 < argc)
            options->db = argv[++i];
        else
            return false;
    }
    return true;
}

static int audit(struct pg_session *session, const char *directory, bool is_json)
{
    struct report report;
    report_init(&report);
    bool is_done = slices_run(session, directory, isatty(STDERR_FILENO) == 1, &report);
    if (is_done) {
        report_check_sums(&report);
        if (is_json)
            report_print_json(&report, stdout);
        else
            report_print_text(&report, stdout);
    }
    bool is_told = fflush(stdout) == 0 && !ferror(stdout);
    if (!is_told)
        fputs("yibaod: the report could not be written\n", stderr);
    int code = is_done && is_told && report_is_clean(&report) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    report_fini(&report);
    return code;
}

int command_audit(int argc, char **argv, const struct config *config)
{
    struct options options;
    if (!parse(argc, argv, &options)) {
        bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    char db[4096], directory[4352];
    struct pg_session session;
    if (!db_directory_find(options.db, db, sizeof db) || !pg_session_open(&session, config->database_url, "yibao_app"))
        return EXIT_CODE_FAILED;
    snprintf(directory, sizeof directory, "%s/audit", db);
    int code = audit(&session, directory, options.is_json);
    pg_session_close(&session);
    return code;
}
