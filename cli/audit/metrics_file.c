/* Writes the figures of a finished audit beside the file, and renames. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/metrics_file.h"
#include "server/clock.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

static bool write_figures(FILE *file, const struct report *report)
{
    fprintf(file,
            "# HELP yibaod_audit_finished_timestamp_seconds When an audit of all books was last finished.\n"
            "# TYPE yibaod_audit_finished_timestamp_seconds gauge\n"
            "yibaod_audit_finished_timestamp_seconds %" PRId64 "\n"
            "# HELP yibaod_audit_faults What it has found.\n"
            "# TYPE yibaod_audit_faults gauge\n"
            "yibaod_audit_faults %zu\n",
            clock_real_us() / 1000000, report->faults_count);
    return fflush(file) == 0 && fsync(fileno(file)) == 0 && !ferror(file);
}

bool metrics_file_write(const char *path, const struct report *report)
{
    char part[PATH_BYTES];
    bool fits = snprintf(part, sizeof part, "%s.part", path) < (int)sizeof part;
    FILE *file = fits ? fopen(part, "we") : NULL;
    bool is_done = file != NULL && write_figures(file, report);
    if (file != NULL)
        is_done = fclose(file) == 0 && is_done;
    is_done = is_done && rename(part, path) == 0;
    if (!is_done)
        fprintf(stderr, "yibaod: %s cannot be written: %s\n", path, fits ? strerror(errno) : "its name is too long");
    return is_done;
}
