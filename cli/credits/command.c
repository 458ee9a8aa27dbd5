/* `yibaod credits`: its options. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/numbers.h"
#include "cli/commands.h"
#include "cli/credits/run.h"
#include "server/clock.h"
#include "server/utf8.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define REASON_BYTES 600

static void print_usage(FILE *out)
{
    fputs(
        "usage: yibaod credits run --region CODE --month YYYY-MM --reason TEXT [--dry-run] [--token-file FILE]\n"
        "       yibaod credits run --follow JOB_ID [--token-file FILE]\n\n"
        "Credits the pensioners of a month: reckons what everybody of the region is due, prints the sums, waits until\n"
        "somebody else has approved them, and posts. A person is credited once, whatever is interrupted and however\n"
        "many runs there are; each slice is done by this command or by a `yibaod serve` or `work`, whoever is "
        "first.\n\n"
        "  --region CODE       a pool, XX0000 for a province, 000000 for the nation\n"
        "  --month YYYY-MM     the month; a past one credits those who were missed\n"
        "  --reason TEXT       why, for whoever approves it; no numbers of people\n"
        "  --dry-run           only reckon\n"
        "  --follow JOB_ID     go on with a run that was asked for before\n"
        "  --token-file FILE   the operator's token; else it is in YIBAO_TOKEN\n\n"
        "Ctrl-C leaves the run to others. Exit codes: 0 done, 1 failed, or left to others, 2 wrong usage,\n"
        "5 turned down or cancelled.\n",
        out);
}

static bool parse(int argc, char **argv, struct credits_options *options)
{
    *options = (struct credits_options){0};
    if (argc < 2 || strcmp(argv[1], "run") != 0)
        return false;
    for (int i = 2; i < argc; i++) {
        const char **value = strcmp(argv[i], "--region") == 0       ? &options->region
                             : strcmp(argv[i], "--month") == 0      ? &options->month
                             : strcmp(argv[i], "--reason") == 0     ? &options->reason
                             : strcmp(argv[i], "--follow") == 0     ? &options->follow
                             : strcmp(argv[i], "--token-file") == 0 ? &options->token_file
                                                                    : NULL;
        if (strcmp(argv[i], "--dry-run") == 0)
            options->dry_run = true;
        else if (value == NULL || *value != NULL || i + 1 == argc)
            return false;
        else
            *value = argv[++i];
    }
    if (options->follow != NULL)
        return options->region == NULL && options->month == NULL && options->reason == NULL && !options->dry_run;
    return options->region != NULL && options->month != NULL && options->reason != NULL;
}

static bool complain(const char *what)
{
    fprintf(stderr, "yibaod credits: %s\n", what);
    return false;
}

static bool check(const struct credits_options *options, char job_id[UUID_TEXT_LENGTH + 1])
{
    struct uuid id;
    int32_t month;
    if (options->follow != NULL) {
        bool is_id = uuid_parse(span_of(options->follow), &id);
        if (is_id)
            uuid_format(id, job_id);
        return is_id || complain("--follow takes the id of a run");
    }
    if (strlen(options->region) != 6 || strspn(options->region, "0123456789") != 6)
        return complain("--region takes six digits");
    if (!month_parse(span_of(options->month), &month))
        return complain("--month takes a month such as 2026-03");
    struct span reason = span_of(options->reason);
    if (reason.length == 0 || reason.length > REASON_BYTES || !utf8_is_clean(reason))
        return complain("--reason is empty, too long, or no UTF-8");
    return !numbers_may_be_in(reason) || complain("no numbers of people in --reason, please");
}

/* They are taken where nothing is half done: credits_pause. */
static void block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

int command_credits(int argc, char **argv, const struct config *config)
{
    struct credits_options options;
    struct credits_run run = {.config = config, .options = &options};
    int64_t instant_us;
    if (!parse(argc, argv, &options)) {
        bool is_asked_for =
            (argc == 2 && strcmp(argv[1], "--help") == 0) || (argc == 3 && strcmp(argv[2], "--help") == 0);
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    if (!config_check_mode(config) || !check(&options, run.job_id))
        return EXIT_CODE_USAGE;
    if (config->test_clock[0] != '\0' && instant_parse(span_of(config->test_clock), &instant_us))
        clock_move_to_us(instant_us);
    block_signals();
    int code = EXIT_CODE_FAILED;
    if (credits_open(&run) && actor_find(&run) && (options.follow != NULL || credits_ask(&run))) {
        printf("run %s\n", run.job_id);
        fflush(stdout);
        code = credits_follow(&run);
    }
    if (run.session.connection != NULL)
        pg_session_close(&run.session);
    return code;
}
