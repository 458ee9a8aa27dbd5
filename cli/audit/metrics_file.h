/* Leaves the result of an audit where Prometheus finds it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/report.h"
#include <stdbool.h>

/* A file for the textfile collector of the node exporter, replaced as a whole. False when it cannot be written, which
 * is said on stderr. */
bool metrics_file_write(const char *path, const struct report *report);
