/* Measures in one query what lies about, is late, or runs full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/measures.h"
#include "server/clock.h"
#include "server/metrics_gauge.h"
#include <stdlib.h>

/*
 * $1: real time. Ages are microseconds. A job counts from the end of its lease, or from when it was entered; a sweep
 * that was never done as if it were due since 2020. What the statistics views show here they show to everybody.
 */
static const char query[] =
    "SELECT coalesce((SELECT extract(epoch FROM $1::timestamptz - min(created_at)) * 1000000 FROM outbox"
    "                  WHERE state = 'waiting'), 0)::bigint,"
    "       coalesce((SELECT extract(epoch FROM $1 - min(greatest(next_at, '2020-01-01'))) * 1000000 FROM sweep"
    "                  WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)), 0)::bigint,"
    "       coalesce((SELECT extract(epoch FROM $1 - min(coalesce(lease_until, created_at))) * 1000000 FROM job"
    "                  WHERE state IN ('waiting', 'running') AND (lease_until IS NULL OR lease_until <= $1)), "
    "0)::bigint,"
    "       (extract(epoch FROM clock_timestamp() - $1) * 1000000)::bigint,"
    "       (SELECT sum(numbackends) FROM pg_stat_database),"
    "       current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer,"
    "       (SELECT count(*) FROM pg_stat_replication),"
    "       (SELECT (extract(epoch FROM clock_timestamp() - coalesce(last_archived_time, stats_reset)) * "
    "1000000)::bigint"
    "          FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off')";

static const enum metric_gauge columns[] = {
    METRIC_GAUGE_OUTBOX_OLDEST, METRIC_GAUGE_SWEEP_LATE,       METRIC_GAUGE_JOB_IDLE,  METRIC_GAUGE_CLOCK_OFFSET,
    METRIC_GAUGE_SESSIONS,      METRIC_GAUGE_SESSIONS_MAXIMUM, METRIC_GAUGE_STAND_BYS, METRIC_GAUGE_ARCHIVE_AGE,
};

void measures_take(struct worker *worker)
{
    char instant[33];
    instant_format(clock_real_us(), instant);
    const char *values[] = {instant};
    PGresult *row = worker_query(worker, query, 1, values);
    for (int i = 0; i < (int)(sizeof columns / sizeof columns[0]); i++) {
        bool is_known = row != NULL && !PQgetisnull(row, 0, i);
        metrics_gauge_set(columns[i], is_known ? strtoll(PQgetvalue(row, 0, i), NULL, 10) : METRIC_UNKNOWN);
    }
    PQclear(row);
}
