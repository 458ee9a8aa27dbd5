/* The program's entry: finds the subcommand, reads the settings, hands over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/process.h"
#include "server/pg/conninfo.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv, const struct config *config);
    const char *usage;
    const char *meaning;
};

static const struct command commands[] = {
    {"serve", command_serve, "", "answer requests until SIGTERM or SIGINT"},
    {"work", command_work, "", "do the background work alone until SIGTERM or SIGINT: messages, jobs, what is due"},
    {"migrate", command_migrate, "[--status]", "bring the database to this version's schema"},
    {"import", command_import, "enrolments|contributions|opening-balances FILE.csv [--dry-run] [--skip-invalid]",
     "check a file and post its rows"},
    {"credits", command_credits, "run --region CODE --month YYYY-MM --reason TEXT [--dry-run] | run --follow JOB_ID",
     "credit the pensioners of a month, once somebody else approves"},
    {"token", command_token, "create|list|revoke …", "make, list and revoke access tokens"},
    {"audit", command_audit, "", "prove that every fen is where the ledger says"},
    {"health", command_health, "[--live]", "ask the running process whether it is ready"},
    {"keys", command_keys, "status|rotate|reseal|new-master|rewrap …", "change keys while processes work with them"},
    {"config", command_config, "[--markdown]", "show the settings in force, or their documentation"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0 || strcmp(argument, "help") == 0;
}

static void print_help(FILE *out)
{
    fputs("yibaod: accounts of basic medical insurance over HTTP and PostgreSQL\n\nusage: yibaod COMMAND [OPTION…]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].usage, commands[i].meaning);
    fputs(
        "  --version\n\n`yibaod COMMAND --help` tells more. Exit codes: 0 done, 1 failed, 2 wrong usage or setting.\n\n"
        "Settings, from the environment:\n",
        out);
    config_print_help(out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void end(int number)
{
    _exit(128 + number);
}

/* The kernel spares process 1, which we are in a container, what has no handler: nobody could stop a migration. */
static void be_stoppable(void)
{
    if (getpid() != 1)
        return;
    signal(SIGTERM, end);
    signal(SIGINT, end);
}

int main(int argc, char **argv)
{
    be_stoppable();
    /* A peer that went away is an error of write(2), not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    if (argc >= 2 && is_help(argv[1])) {
        print_help(stdout);
        return EXIT_CODE_OK;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        puts("yibaod " YIBAOD_VERSION);
        return EXIT_CODE_OK;
    }
    const struct command *command = argc >= 2 ? find_command(argv[1]) : NULL;
    if (command == NULL) {
        fprintf(stderr, "yibaod: %s%s; see yibaod --help\n", argc >= 2 ? "no such command: " : "which command?",
                argc >= 2 ? argv[1] : "");
        return EXIT_CODE_USAGE;
    }
    struct config config;
    if (!config_read(&config))
        return EXIT_CODE_USAGE;
    conninfo_set_password_file(config.database_password_file);
    if (config_is_production(&config))
        process_shut_memory();
    return command->run(argc - 1, argv + 1, &config);
}
