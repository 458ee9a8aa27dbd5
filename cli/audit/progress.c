/* Shows how far an audit is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/progress.h"
#include "server/clock.h"
#include <string.h>

#define PERSON_KEYS_END 4611686018427387904.0 /* 2^62: keys are random below, so a key tells how far a walk is */
#define BAR_WIDTH 30
#define LINE_EVERY_US 5000000
#define ESTIMATE_AFTER_US 2000000

static const char *const names[] = {
    [STAGE_PEOPLE] = "people", [STAGE_WIDE] = "numbers and keys", [STAGE_DONE] = "done"};

static double share_of(const struct audit *audit)
{
    double share = audit->from <= 0 ? 0 : (double)audit->from / PERSON_KEYS_END;
    return share > 1 ? 1 : share;
}

void progress_begin_stage(struct progress *progress, const struct audit *audit)
{
    progress->begun_at_share = share_of(audit);
    progress->stage_begun_us = clock_monotonic_us();
    progress->shown_us = 0;
}

/* " · 2 min left", once that can be told. */
static void print_rest(const struct progress *progress, double share, int64_t now_us)
{
    int64_t passed_us = now_us - progress->stage_begun_us;
    double done = share - progress->begun_at_share;
    if (share >= 1 || passed_us < ESTIMATE_AFTER_US || done <= 0)
        return;
    double rest_s = (double)passed_us / 1e6 / done * (1 - share);
    if (rest_s < 90)
        fprintf(stderr, ", %.0f s left", rest_s);
    else
        fprintf(stderr, ", %.0f min left", rest_s / 60);
}

void progress_show(struct progress *progress, const struct audit *audit, bool is_end_of_stage)
{
    int64_t now_us = clock_monotonic_us();
    bool is_due = progress->form == PROGRESS_BAR || is_end_of_stage || now_us - progress->shown_us >= LINE_EVERY_US;
    if (progress->form == PROGRESS_NONE || !is_due)
        return;
    progress->shown_us = now_us;
    double share = is_end_of_stage ? 1 : share_of(audit);
    if (progress->form == PROGRESS_BAR) {
        int full = (int)(share * BAR_WIDTH);
        fprintf(stderr, "\r\033[K[%.*s%.*s] ", full, "##############################", BAR_WIDTH - full,
                "..............................");
    }
    fprintf(stderr, "audit: %s %5.1f %%, %lld accounts, %lld entries, %zu faults", names[audit->stage], 100 * share,
            report_total(&audit->report, "accounts"), report_total(&audit->report, "entries"),
            audit->report.faults_count);
    print_rest(progress, share, now_us);
    if (progress->form == PROGRESS_LINES || is_end_of_stage)
        fputc('\n', stderr);
}
