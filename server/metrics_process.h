/* What Prometheus asks of every process, under the names it expects. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include <stdint.h>

/* Memory, descriptors and processor time of this instant, in the Prometheus text format. What cannot be read is left
 * out. */
void metrics_render_process(struct text *out, int64_t started_at_us);
