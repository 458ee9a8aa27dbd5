/* `yibaod audit`: proves that every fen is where the ledger says, with statements of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/audit.h"
#include "cli/audit/journal.h"
#include "cli/audit/metrics_file.h"
#include "cli/audit/slices.h"
#include "cli/audit/state.h"
#include "cli/commands.h"
#include "cli/db_directory.h"
#include "server/json_memory.h"
#include "server/pg/session.h"
#include <string.h>
#include <unistd.h>

#define JOURNALS_MAXIMUM 256

struct options {
    bool is_json, is_telling, is_only_journal;
    const char *db, *resume, *metrics;
    const char *journals[JOURNALS_MAXIMUM];
    size_t journals_count;
};

static void print_usage(FILE *out)
{
    fputs("usage: yibaod audit [--json] [--resume FILE] [--progress] [--journal FILE … [--only-journal]] [--metrics "
          "FILE] [--db "
          "DIRECTORY]\n\n"
          "Recomputes every balance, running sum, hash chain, pairing, contribution and charge of DATABASE_URL and "
          "prints\n"
          "sums and faults: table, key, column, what was expected and what was found. Reads only; may run beside a "
          "working\n"
          "server. docs/auditing.md tells what it proves.\n\n"
          "  --json          the report as JSON\n"
          "  --resume FILE   keep in FILE how far it is; when FILE is there, go on from it. Removed with the report\n"
          "  --progress      a line on stderr every few seconds, where stderr is no terminal\n"
          "  --journal FILE  hold what a client was answered against the books; may be given several times\n"
          "  --only-journal  nothing but that\n"
          "  --metrics FILE  writes when it ended and how many faults there are, for Prometheus\n"
          "  --db            the directory with audit/, when it is not found by itself\n\n"
          "Exit code 0: no faults; 1: faults; 2: wrong options, journal or state file; 4: it could not be completed.\n",
          out);
}

static bool parse_value(const char *name, const char *value, struct options *options)
{
    if (strcmp(name, "--db") == 0)
        options->db = value;
    else if (strcmp(name, "--metrics") == 0)
        options->metrics = value;
    else if (strcmp(name, "--resume") == 0)
        options->resume = value;
    else if (strcmp(name, "--journal") == 0 && options->journals_count < JOURNALS_MAXIMUM)
        options->journals[options->journals_count++] = value;
    else
        return false;
    return true;
}

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            options->is_json = true;
        else if (strcmp(argv[i], "--progress") == 0)
            options->is_telling = true;
        else if (strcmp(argv[i], "--only-journal") == 0)
            options->is_only_journal = true;
        else if (i + 1 >= argc || !parse_value(argv[i], argv[i + 1], options))
            return false;
        else
            i++;
    }
    bool needs_books = options->resume != NULL || options->metrics != NULL;
    return !options->is_only_journal || (options->journals_count > 0 && !needs_books);
}

static bool print_report(const struct report *report, bool is_json)
{
    if (is_json)
        report_print_json(report, stdout);
    else
        report_print_text(report, stdout);
    bool is_told = fflush(stdout) == 0 && !ferror(stdout);
    if (!is_told)
        fputs("yibaod: the report could not be written\n", stderr);
    return is_told;
}

static enum progress_form choose_form(const struct options *options)
{
    if (isatty(STDERR_FILENO) == 1)
        return PROGRESS_BAR;
    return options->is_telling ? PROGRESS_LINES : PROGRESS_NONE;
}

static enum exit_code walk(struct pg_session *session, const char *directory, const struct options *options,
                           struct audit *audit)
{
    struct checks checks;
    if (!checks_read(&checks, directory))
        return EXIT_CODE_UNPROVEN;
    enum exit_code code = EXIT_CODE_UNPROVEN;
    struct progress progress = {.form = choose_form(options)};
    if (!checks_fingerprint(&checks, session, audit->fingerprint))
        goto end;
    if (options->resume != NULL && state_load(audit) == STATE_REFUSED) {
        code = EXIT_CODE_USAGE;
        goto end;
    }
    if (slices_run(session, &checks, audit, &progress)) {
        report_check_sums(&audit->report);
        code = EXIT_CODE_OK;
    }
end:
    checks_free(&checks);
    return code;
}

static enum exit_code run(struct pg_session *session, const char *db, const struct options *options,
                          struct audit *audit)
{
    char directory[4352], journals[4400];
    snprintf(directory, sizeof directory, "%s/audit", db);
    snprintf(journals, sizeof journals, "%s/journal", directory);
    enum exit_code code = EXIT_CODE_OK;
    if (!options->is_only_journal)
        code = walk(session, directory, options, audit);
    if (code != EXIT_CODE_OK)
        return code;
    if (options->journals_count > 0) {
        enum journal_outcome outcome =
            journal_run(session, journals, options->journals, options->journals_count, &audit->report);
        if (outcome != JOURNAL_HELD)
            return outcome == JOURNAL_UNREADABLE ? EXIT_CODE_USAGE : EXIT_CODE_UNPROVEN;
    }
    if (!print_report(&audit->report, options->is_json))
        return EXIT_CODE_UNPROVEN;
    if (options->metrics != NULL && !audit->report.is_incomplete &&
        !metrics_file_write(options->metrics, &audit->report))
        return EXIT_CODE_UNPROVEN;
    state_remove(audit);
    if (audit->report.faults_count > 0)
        return EXIT_CODE_FAILED;
    return report_is_clean(&audit->report) ? EXIT_CODE_OK : EXIT_CODE_UNPROVEN;
}

int command_audit(int argc, char **argv, const struct config *config)
{
    struct options options;
    if (!parse(argc, argv, &options)) {
        bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    json_memory_install();
    char db[4096];
    struct pg_session session;
    if (!db_directory_find(options.db, db, sizeof db) || !pg_session_open(&session, config->database_url, "yibao_app"))
        return EXIT_CODE_UNPROVEN;
    struct audit audit = {.from = INT64_MIN, .state_path = options.resume};
    report_init(&audit.report);
    enum exit_code code = run(&session, db, &options, &audit);
    report_fini(&audit.report);
    pg_session_close(&session);
    return (int)code;
}
