/* Figures that somebody measures now and then, for Prometheus. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include <stdint.h>

enum metric_gauge {
#define METRIC_GAUGE(name, family, help) METRIC_GAUGE_##name,
#include "server/metrics_gauge.def"
#undef METRIC_GAUGE
    METRIC_GAUGES
};

#define METRIC_UNKNOWN INT64_MIN /* not measured, or there is no such thing: not shown */

/* From any thread; microseconds where the family's name ends in _seconds. */
void metrics_gauge_set(enum metric_gauge gauge, int64_t value);
void metrics_gauges_render(struct text *out);
