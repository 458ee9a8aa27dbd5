/* `yibaod import`: its options. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/import/regions.h"
#include "cli/import/run.h"
#include "server/clock.h"
#include <string.h>

static void print_usage(FILE *out)
{
    fputs("usage: yibaod import enrolments|contributions|opening-balances FILE.csv [--dry-run] [--skip-invalid]\n"
          "                     [--report FILE] [--regions CODE,…] [--db DIRECTORY]\n\n"
          "Checks every row of the file, then posts them in short transactions. The columns are in\n"
          "docs/import-formats.md. One bad row stops the whole file before anything is stored. Killed half-way, it is\n"
          "finished by running it again; a row that is stored already changes nothing.\n\n"
          "  --dry-run       check everything, store nothing\n"
          "  --skip-invalid  leave bad rows out, write them to FILE.csv.report.csv, post the rest\n"
          "  --report FILE   write what was found wrong to FILE, as CSV\n"
          "  --regions …     refuse rows of pools outside these regions: pools, or XX0000 for a province\n"
          "  --db DIRECTORY  the directory with import/, when it is not found by itself\n",
          out);
}

static const struct import_kind *find_kind(const char *name)
{
    static const struct import_kind *const kinds[] = {&import_enrolments, &import_contributions,
                                                      &import_opening_balances};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

static bool parse_option(struct import_options *options, int argc, char **argv, int *at)
{
    const char *argument = argv[*at];
    bool has_value = *at + 1 < argc;
    if (strcmp(argument, "--dry-run") == 0) {
        options->dry_run = true;
    } else if (strcmp(argument, "--skip-invalid") == 0) {
        options->skip_invalid = true;
    } else if (strcmp(argument, "--report") == 0 && has_value) {
        options->report_path = argv[++*at];
    } else if (strcmp(argument, "--regions") == 0 && has_value) {
        options->regions = argv[++*at];
        return regions_are_codes(options->regions);
    } else if (strcmp(argument, "--job") == 0 && has_value) { /* for yibaod serve */
        options->job = argv[++*at];
    } else if (strcmp(argument, "--parent") == 0 && has_value) { /* the same */
        options->parent = argv[++*at];
    } else if (strcmp(argument, "--db") == 0 && has_value) {
        options->db = argv[++*at];
    } else if (argument[0] != '-' && options->kind == NULL) {
        options->kind = find_kind(argument);
        return options->kind != NULL;
    } else if (argument[0] != '-' && options->path == NULL) {
        options->path = argument;
    } else {
        return false;
    }
    return true;
}

static bool parse(int argc, char **argv, struct import_options *options)
{
    *options = (struct import_options){0};
    for (int i = 1; i < argc; i++) {
        if (!parse_option(options, argc, argv, &i)) {
            return false;
        }
    }
    return options->kind != NULL && options->path != NULL;
}

int command_import(int argc, char **argv, const struct config *config)
{
    struct import_options options;
    if (!parse(argc, argv, &options)) {
        bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    if (!config_check_mode(config)) {
        return EXIT_CODE_USAGE;
    }
    int64_t instant_us;
    if (config->test_clock[0] != '\0' && instant_parse(span_of(config->test_clock), &instant_us)) {
        clock_move_to_us(instant_us);
    }
    return import_run(config, &options);
}
