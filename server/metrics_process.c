/* What Prometheus asks of every process, under the names it expects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics_process.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void render(struct text *out, const char *name, const char *type, const char *help, double value)
{
    text_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help, name, type, name, value);
}

static void render_memory(struct text *out)
{
    char line[128];
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    bool is_read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!is_read)
        return;
    char *rest = NULL;
    unsigned long size_pages = strtoul(line, &rest, 10);
    unsigned long resident_pages = strtoul(rest, NULL, 10);
    double page_bytes = (double)sysconf(_SC_PAGESIZE);
    render(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.",
           (double)size_pages * page_bytes);
    render(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
           (double)resident_pages * page_bytes);
}

static void render_descriptors(struct text *out)
{
    struct rlimit limit;
    DIR *directory = opendir("/proc/self/fd");
    if (directory != NULL) {
        unsigned count = 0;
        /* cppcheck-suppress readdirCalled ; no other thread has this DIR */
        for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
            count += entry->d_name[0] != '.';
        closedir(directory);
        render(out, "process_open_fds", "gauge", "Number of open file descriptors.", count - 1); /* not our own look */
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        render(out, "process_max_fds", "gauge", "Maximum number of open file descriptors.", (double)limit.rlim_cur);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void metrics_render_process(struct text *out, int64_t started_at_us)
{
    struct rusage usage;
    render_memory(out);
    render_descriptors(out);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        render(out, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
               seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    render(out, "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.",
           (double)started_at_us / 1e6);
}
