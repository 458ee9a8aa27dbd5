/* What the configuration means for the connections of one lane. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/pg/connection.h"

struct lane_settings {
    struct pg_settings pg; /* points into this structure: do not copy it */
    unsigned connections;
    char options[256];
};

void lane_settings_init(struct lane_settings *settings, const struct config *config, enum lane lane);
