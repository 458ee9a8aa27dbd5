/* What lane.c and replica.c share: the queues and connections of a reactor's lanes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/connection.h"
#include "server/pg/lane.h"
#include "server/pg/lane_settings.h"
#include "server/pg/replica.h"

struct lane_state {
    enum lane lane;
    struct lanes *lanes;
    struct queue queue;
    int64_t ripe_due_us; /* when the first of those that pause may be sent */
    unsigned in_flight;
    struct pg_connection *connections;
    unsigned connections_count; /* of the replica lane 0: there is none */
    unsigned connections_up;    /* as last told to the metrics */
    struct lane_settings settings;
};

struct lanes {
    const struct config *config;
    bool closing;
    bool somebody_should_wait; /* perhaps, in the write lane's queue (server/pg/deferral.h) */
    struct lane_state lane[LANE_COUNT];
    struct replica *replica; /* NULL: there is none */
};

/* connection->batch is filled in: counts it and puts it on its way. */
void lane_send(struct lane_state *state, struct pg_connection *connection, int64_t now_us);
