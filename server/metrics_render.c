/* Renders the counts in the Prometheus text format 0.0.4. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics_gauge.h"
#include "server/metrics_process.h"
#include "server/metrics_slab.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const lane_names[LANE_COUNT] = {
    [LANE_READ] = "read", [LANE_WRITE] = "write", [LANE_SLOW] = "slow", [LANE_REPLICA] = "replica"};
static const char *const pg_state_names[METRIC_PG_STATES] = {
    [METRIC_PG_DOWN] = "down", [METRIC_PG_CONNECTING] = "connecting", [METRIC_PG_READY] = "ready"};

static void announce(struct text *out, const char *family, const char *type, const char *help)
{
    text_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family, help, family, type);
}

static uint64_t value(metric_cell *cell)
{
    return atomic_load_explicit(cell, memory_order_relaxed);
}

/* Seconds as Prometheus wants them, from whole microseconds and without floating point. */
static void append_seconds(struct text *out, uint64_t us)
{
    text_printf(out, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

static void append_durations(struct text *out, const char *family, const char *labels,
                             struct metric_durations *durations)
{
    uint64_t total = 0;
    for (unsigned i = 0; i <= METRIC_DURATION_BOUNDS; i++) {
        total += value(&durations->buckets[i]);
        if (i < METRIC_DURATION_BOUNDS)
            text_printf(out, "%s_bucket{%s,le=\"%g\"} %" PRIu64 "\n", family, labels,
                        (double)metric_duration_bounds_us[i] / 1e6, total);
        else
            text_printf(out, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", family, labels, total);
    }
    text_printf(out, "%s_sum{%s} ", family, labels);
    append_seconds(out, value(&durations->sum_us));
    text_printf(out, "\n%s_count{%s} %" PRIu64 "\n", family, labels, total);
}

static bool has_counts(struct metric_durations *durations)
{
    uint64_t total = 0;
    for (unsigned i = 0; i <= METRIC_DURATION_BOUNDS; i++)
        total += value(&durations->buckets[i]);
    return total > 0;
}

/* Only what has happened: most pairs of operation and status never do. */
static void render_requests(struct text *out, struct metric_cells *sum)
{
    static const char family[] = "yibaod_http_request_duration_seconds";
    announce(out, family, "histogram",
             "From the end of a request's header to its reply, by operation, route and status; _count is the number of "
             "requests.");
    for (unsigned operation = 0; operation < OPERATION_COUNT; operation++) {
        for (unsigned status = 0; status < METRIC_STATUSES; status++) {
            struct metric_durations *durations = &sum->requests[operation][status];
            char labels[256];
            char status_text[8] = "other";
            if (!has_counts(durations))
                continue;
            if (metric_statuses[status] != 0)
                snprintf(status_text, sizeof status_text, "%u", metric_statuses[status]);
            snprintf(labels, sizeof labels, "operation=\"%s\",route=\"%s\",status=\"%s\"",
                     operation_infos[operation].name, operation_infos[operation].route, status_text);
            append_durations(out, family, labels, durations);
        }
    }
}

static void render_batch_members(struct text *out, struct metric_cells *sum)
{
    static const char family[] = "yibaod_lane_batch_members";
    announce(out, family, "histogram", "Requests in one batch, by lane; _count is the number of batches.");
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        struct metric_lane_cells *cells = &sum->lanes[lane];
        uint64_t total = 0;
        for (unsigned i = 0; i < METRIC_MEMBERS_BOUNDS; i++) {
            total += value(&cells->members_buckets[i]);
            text_printf(out, "%s_bucket{lane=\"%s\",le=\"%u\"} %" PRIu64 "\n", family, lane_names[lane],
                        metric_members_bounds[i], total);
        }
        total += value(&cells->members_buckets[METRIC_MEMBERS_BOUNDS]);
        text_printf(out, "%s_bucket{lane=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", family, lane_names[lane], total);
        text_printf(out, "%s_sum{lane=\"%s\"} %" PRIu64 "\n", family, lane_names[lane], value(&cells->members_sum));
        text_printf(out, "%s_count{lane=\"%s\"} %" PRIu64 "\n", family, lane_names[lane], total);
    }
}

static void render_batch_durations(struct text *out, struct metric_cells *sum)
{
    static const char family[] = "yibaod_lane_batch_duration_seconds";
    announce(out, family, "histogram", "From sending a batch to the last of its results, by lane.");
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        char labels[32];
        snprintf(labels, sizeof labels, "lane=\"%s\"", lane_names[lane]);
        append_durations(out, family, labels, &sum->lanes[lane].durations);
    }
}

static void render_lane_counters(struct text *out, struct metric_cells *sum)
{
    static const struct {
        const char *family, *help;
    } counters[METRIC_LANE_COUNTERS] = {
        [METRIC_LANE_REJECTED] = {"yibaod_lane_rejected_total",
                                  "Requests answered 503 because the lane's queue was full."},
        [METRIC_LANE_RETRIED] = {"yibaod_lane_batches_retried_total", "Batches run again."},
        [METRIC_LANE_BISECTED] = {"yibaod_lane_batches_bisected_total",
                                  "Batches split to find the member that raised."},
        [METRIC_LANE_DEFERRED] = {"yibaod_lane_members_deferred_total", "Members moved to the next batch."},
        [METRIC_LANE_FAILED] = {"yibaod_lane_members_failed_total", "Members answered with an error of the server."},
    };
    for (int counter = 0; counter < METRIC_LANE_COUNTERS; counter++) {
        announce(out, counters[counter].family, "counter", counters[counter].help);
        for (int lane = 0; lane < LANE_COUNT; lane++)
            text_printf(out, "%s{lane=\"%s\"} %" PRIu64 "\n", counters[counter].family, lane_names[lane],
                        value(&sum->lanes[lane].counters[counter]));
    }
}

/* A scrape between two threads' halves of one change may see a gauge below zero for an instant: shown as zero. */
static uint64_t gauge(metric_cell *cell)
{
    uint64_t raw = value(cell);
    return raw > INT64_MAX ? 0 : raw;
}

static void render_lane_gauges(struct text *out, struct metric_cells *sum)
{
    announce(out, "yibaod_lane_waiting_requests", "gauge", "Requests queued now, by lane.");
    for (int lane = 0; lane < LANE_COUNT; lane++)
        text_printf(out, "yibaod_lane_waiting_requests{lane=\"%s\"} %" PRIu64 "\n", lane_names[lane],
                    gauge(&sum->lanes[lane].waiting));
    announce(out, "yibaod_lane_in_flight_requests", "gauge",
             "Requests sent to PostgreSQL and not answered yet, by lane.");
    for (int lane = 0; lane < LANE_COUNT; lane++)
        text_printf(out, "yibaod_lane_in_flight_requests{lane=\"%s\"} %" PRIu64 "\n", lane_names[lane],
                    gauge(&sum->lanes[lane].in_flight));
    announce(out, "yibaod_postgresql_connections", "gauge", "PostgreSQL connections now, by lane and state.");
    for (int lane = 0; lane < LANE_COUNT; lane++)
        for (int state = 0; state < METRIC_PG_STATES; state++)
            text_printf(out, "yibaod_postgresql_connections{lane=\"%s\",state=\"%s\"} %" PRIu64 "\n", lane_names[lane],
                        pg_state_names[state], gauge(&sum->lanes[lane].connections[state]));
}

static void render_counters(struct text *out, struct metric_cells *sum)
{
    static const struct {
        const char *family, *labels, *help;
    } rows[METRIC_COUNTERS] = {
#define METRIC_COUNTER(name, family, labels, help) {family, labels, help},
#include "server/metrics.def"
#undef METRIC_COUNTER
    };
    for (int i = 0; i < METRIC_COUNTERS; i++) {
        if (i == 0 || strcmp(rows[i].family, rows[i - 1].family) != 0)
            announce(out, rows[i].family, "counter", rows[i].help);
        bool has_labels = rows[i].labels[0] != '\0';
        text_printf(out, "%s%s%s%s %" PRIu64 "\n", rows[i].family, has_labels ? "{" : "", rows[i].labels,
                    has_labels ? "}" : "", value(&sum->counters[i]));
    }
}

static void render_refusals(struct text *out, struct metric_cells *sum)
{
    announce(out, "yibaod_guard_refusals_total", "counter", "Requests refused for their framing or target, by reason.");
    for (int verdict = GUARD_OK + 1; verdict < GUARD_COUNT; verdict++)
        text_printf(out, "yibaod_guard_refusals_total{reason=\"%s\"} %" PRIu64 "\n",
                    guard_reason((enum guard_verdict)verdict), value(&sum->refusals[verdict]));
}

/* Those that are the server's own always, since an alert needs their first step from zero; others once they were told.
 */
static void render_problems(struct text *out, struct metric_cells *sum)
{
    announce(out, "yibaod_http_problems_total", "counter", "Requests answered with a problem, by its code.");
    for (int problem = 0; problem < PROBLEM_COUNT; problem++) {
        const struct problem_info *info = &problem_infos[problem];
        if (info->status >= 500 || value(&sum->problems[problem]) > 0)
            text_printf(out, "yibaod_http_problems_total{code=\"%s\"} %" PRIu64 "\n", info->code,
                        value(&sum->problems[problem]));
    }
}

void metrics_render(struct text *out)
{
    struct metric_cells *sum = calloc(1, sizeof *sum);
    if (sum == NULL) {
        out->failed = true;
        return;
    }
    metrics_sum(sum);
    announce(out, "yibaod_build_info", "gauge", "Always 1; the label tells the version.");
    text_printf(out, "yibaod_build_info{version=\"%s\"} 1\n", metrics_version());
    announce(out, "yibaod_http_connections", "gauge", "HTTP connections open now.");
    text_printf(out, "yibaod_http_connections %" PRIu64 "\n", gauge(&sum->connections_open));
    announce(out, "yibaod_crypto_waiting_jobs", "gauge", "Pieces of slow cryptography queued now.");
    text_printf(out, "yibaod_crypto_waiting_jobs %" PRIu64 "\n", gauge(&sum->work_waiting));
    announce(out, "yibaod_outbox_waiting_messages", "gauge",
             "Messages waiting in the outbox of the database, counted every few seconds.");
    text_printf(out, "yibaod_outbox_waiting_messages %" PRIu64 "\n", gauge(&sum->outbox_waiting));
    announce(out, "yibaod_oldest_due_hold_seconds", "gauge",
             "For how long the oldest hold that is past its time has not been expired.");
    text_printf(out, "yibaod_oldest_due_hold_seconds %.3f\n", (double)gauge(&sum->oldest_hold_us) / 1e6);
    render_requests(out, sum);
    render_batch_members(out, sum);
    render_batch_durations(out, sum);
    render_lane_counters(out, sum);
    render_lane_gauges(out, sum);
    render_counters(out, sum);
    render_refusals(out, sum);
    render_problems(out, sum);
    free(sum);
    metrics_gauges_render(out);
    metrics_render_process(out, metrics_started_at_us());
}
