/* The operators' own listener: /livez, /readyz, /metrics. Never reachable from the API's port. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/http/health.h"
#include <stdint.h>

struct ops;

/* Listens on config->ops_listen with a thread of its own. NULL, with a line for a person in *error, when it cannot. */
struct ops *ops_open(const struct config *config, const struct health *health, const char **error);
void ops_close(struct ops *ops); /* last of all, so that a stop can be watched */
uint16_t ops_port(const struct ops *ops);
