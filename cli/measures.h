/* What operators must know of the database, which Prometheus asks every process for. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/jobs/worker.h"

/* Asks PostgreSQL and sets the gauges of server/metrics_gauge.def; one that cannot be told is not shown. */
void measures_take(struct worker *worker);
