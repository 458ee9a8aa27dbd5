/* How far a long command is: a bar when somebody watches. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/progress.h"
#include "server/clock.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_CELLS 30
#define DRAW_EVERY_US 100000

void progress_start(struct progress *progress, const char *phase, uint64_t total)
{
    progress->is_shown = isatty(STDERR_FILENO) == 1;
    progress->phase = phase;
    progress->total = total;
    atomic_store(&progress->done, 0);
    progress->started_us = clock_monotonic_us();
    progress->drawn_us = 0;
}

void progress_draw(struct progress *progress)
{
    int64_t now_us = clock_monotonic_us();
    if (!progress->is_shown || now_us - progress->drawn_us < DRAW_EVERY_US) {
        return;
    }
    progress->drawn_us = now_us;
    double seconds = (double)(now_us - progress->started_us) / 1e6;
    if (progress->total == 0) {
        fprintf(stderr, "\r%-8s %.0f s\x1b[K", progress->phase, seconds);
        return;
    }
    double part = (double)atomic_load(&progress->done) / (double)progress->total;
    int cells = part > 1 ? BAR_CELLS : (int)(part * BAR_CELLS);
    fprintf(stderr, "\r%-8s [%.*s%*s] %3.0f %%  %.0f s\x1b[K", progress->phase, cells, "##############################",
            BAR_CELLS - cells, "", part * 100, seconds);
}

void progress_end(struct progress *progress)
{
    if (progress->is_shown) {
        fputs("\r\x1b[K", stderr);
    }
}
