/* Time-outs and role of each lane, as PostgreSQL wants them at connection start. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/lane_settings.h"
#include <stdio.h>

#define BATCH_GRACE_US 500000 /* for the time-out's own error to come back */
#define RETRY_US 500000       /* PostgreSQL that accepts again is in use within a second */
#define REPLICA_RETRY_US 5000000

static int64_t statement_timeout_ms(const struct config *config, enum lane lane)
{
    switch (lane) {
    case LANE_READ:
        return config->read_timeout_ms;
    case LANE_WRITE:
        return config->write_timeout_ms;
    case LANE_REPLICA:
        return config->replica_timeout_ms;
    case LANE_SLOW:
    case LANE_COUNT:
        return config->slow_timeout_ms;
    }
    __builtin_unreachable();
}

static int64_t connections_wanted(const struct config *config, enum lane lane)
{
    switch (lane) {
    case LANE_READ:
        return config->read_connections;
    case LANE_WRITE:
        return config->write_connections;
    case LANE_REPLICA:
        return config->replica_url[0] == 0 ? 0 : config->replica_connections;
    case LANE_SLOW:
    case LANE_COUNT:
        return config->slow_connections;
    }
    __builtin_unreachable();
}

/* Point look-ups have one good plan; lists with optional filters are planned for the filters given. */
void lane_settings_init(struct lane_settings *settings, const struct config *config, enum lane lane)
{
    int64_t timeout_ms = statement_timeout_ms(config, lane);
    bool is_replica = lane == LANE_REPLICA;
    /* Writes that wait for a lock do so on the slow lane, and no longer than on their own. */
    int64_t lock_timeout_ms = (timeout_ms < config->write_timeout_ms ? timeout_ms : config->write_timeout_ms) / 2;
    snprintf(settings->options, sizeof settings->options,
             "-c role=yibao_app -c statement_timeout=%lld -c lock_timeout=%lld -c jit=off"
             " -c idle_in_transaction_session_timeout=60000%s%s",
             (long long)timeout_ms, (long long)lock_timeout_ms,
             lane == LANE_SLOW || is_replica ? "" : " -c plan_cache_mode=force_generic_plan",
             is_replica ? " -c default_transaction_read_only=on" : "");
    settings->connections = (unsigned)connections_wanted(config, lane);
    settings->pg = (struct pg_settings){
        .server = is_replica ? "replica" : "primary",
        .conninfo = is_replica ? config->replica_url : config->database_url,
        .target = is_replica ? "standby" : NULL,
        .retry_last_us = is_replica ? REPLICA_RETRY_US : RETRY_US,
        .options = settings->options,
        .connect_timeout_us = config->connect_timeout_s * 1000000,
        .batch_timeout_us = timeout_ms * 1000 + BATCH_GRACE_US,
    };
}
