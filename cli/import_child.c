/* Starts this program again, with other arguments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import_child.h"
#include "server/clock.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAXIMUM 13 /* with the NULL behind them */
#define CLOCK "YIBAO_TEST_CLOCK="

/* Our environment, with a test clock that has gone on since we started. Caller frees the array. */
static char **make_environment(const struct config *config, char clock[64])
{
    size_t count = 0;
    size_t kept = 0;
    while (environ[count] != NULL)
        count++;
    char **environment = calloc(count + 2, sizeof *environment);
    if (environment == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], CLOCK, strlen(CLOCK)) != 0)
            environment[kept++] = environ[i];
    if (config->test_clock[0] != '\0') {
        memcpy(clock, CLOCK, sizeof CLOCK);
        instant_format(clock_business_us() - clock_advanced_us(), clock + strlen(CLOCK)); /* which it adds itself */
        environment[kept++] = clock;
    }
    return environment;
}

/*
 * Nothing that it prints may reach our log: it speaks to a person at a terminal. Nothing else of ours is its own:
 * libcurl, for one, opens its sockets without O_CLOEXEC, and a connection would live as long as the import.
 */
static bool set_descriptors(posix_spawn_file_actions_t *actions)
{
    return posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1) == 0;
}

/* Our threads block the signals that end us; a child must be ended by them. */
static bool restore_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGXFSZ);
    return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &usual) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
}

static pid_t spawn(char *const arguments[], char *const environment[])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = 0;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return 0;
    if (posix_spawnattr_init(&attributes) == 0) {
        if (!set_descriptors(&actions) || !restore_signals(&attributes) ||
            posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments, environment) != 0)
            pid = 0;
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

pid_t import_child_start(const struct config *config, const struct import_child *child)
{
    char clock[64];
    char parent[16];
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    const char *arguments[ARGUMENTS_MAXIMUM] = {"yibaod",      "import",    child->kind,    child->path, "--job",
                                                child->job_id, "--regions", child->regions, "--parent",  parent};
    size_t count = 10;
    if (child->dry_run)
        arguments[count++] = "--dry-run";
    if (child->skip_invalid)
        arguments[count++] = "--skip-invalid";
    char **environment = make_environment(config, clock);
    if (environment == NULL)
        return 0;
    char *copies[ARGUMENTS_MAXIMUM];
    memcpy(copies, arguments, sizeof copies); /* posix_spawn changes none of them, but does not say so */
    pid_t pid = spawn(copies, environment);
    free(environment);
    return pid;
}
