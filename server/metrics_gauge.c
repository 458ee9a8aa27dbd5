/* Keeps the last value of each gauge, and renders those that are known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics_gauge.h"
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

struct gauge {
    const char *family, *help;
    _Atomic int64_t value;
};

static struct gauge gauges[METRIC_GAUGES] = {
#define METRIC_GAUGE(name, family, help) {family, help, METRIC_UNKNOWN},
#include "server/metrics_gauge.def"
#undef METRIC_GAUGE
};

void metrics_gauge_set(enum metric_gauge gauge, int64_t value)
{
    atomic_store_explicit(&gauges[gauge].value, value, memory_order_relaxed);
}

static bool is_in_seconds(const char *family)
{
    static const char ending[] = "_seconds";
    size_t length = strlen(family);
    return length > sizeof ending && strcmp(family + length - strlen(ending), ending) == 0;
}

void metrics_gauges_render(struct text *out)
{
    for (int i = 0; i < METRIC_GAUGES; i++) {
        const char *family = gauges[i].family;
        int64_t value = atomic_load_explicit(&gauges[i].value, memory_order_relaxed);
        if (value == METRIC_UNKNOWN)
            continue;
        text_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", family, gauges[i].help, family);
        if (is_in_seconds(family))
            text_printf(out, "%s %.3f\n", family, (double)value / 1e6);
        else
            text_printf(out, "%s %" PRId64 "\n", family, value);
    }
}
