/* `yibaod import` as a child process of `yibaod serve`. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include <stdbool.h>
#include <sys/types.h>

struct import_child {
    const char *kind; /* as on the command line */
    const char *path;
    const char *job_id;
    const char *regions;
    bool dry_run;
    bool skip_invalid;
};

/*
 * 0 when it cannot be started. It is this very program, reads nothing and writes nothing but the database, and ends
 * with the thread that calls this. Its business time goes on from ours.
 */
pid_t import_child_start(const struct config *config, const struct import_child *child);
