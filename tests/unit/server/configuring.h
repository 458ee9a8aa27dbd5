/* What the tests of server/config.c share: an environment of their own, and what was said on standard error. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "tests/unit/harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline int clear_environment(void **state)
{
    (void)state;
    return clearenv();
}

/* Runs `check` with standard error captured; *line is what it said. */
static inline bool said(bool (*check)(void *subject), void *subject, char line[500])
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int saved = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    bool result = check(subject);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t length = pread(fileno(file), line, 499, 0);
    fclose(file);
    line[length > 0 ? length : 0] = 0;
    return result;
}

static inline bool read_config(void *config)
{
    return config_read(config);
}

static inline bool check_mode(void *config)
{
    return config_check_mode(config);
}
