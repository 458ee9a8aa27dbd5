/* How far a long command is: a bar when somebody watches. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* One thread starts, draws and ends it; any thread may add to `done`. */
struct progress {
    bool is_shown; /* stderr is a terminal */
    const char *phase;
    uint64_t total; /* 0: not known, only the time is shown */
    _Atomic uint64_t done;
    int64_t started_us;
    int64_t drawn_us;
};

void progress_start(struct progress *progress, const char *phase, uint64_t total);
void progress_draw(struct progress *progress); /* at most ten times a second */
void progress_end(struct progress *progress);  /* wipes the line */
