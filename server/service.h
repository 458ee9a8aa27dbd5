/* What all reactors of the process share; read-only, or safe for several threads by itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/proxies.h"
#include "server/auth/rate_limit.h"
#include "server/config.h"
#include "server/http/cors.h"
#include "server/http/health.h"
#include "server/work/work_pool.h"

struct spool;

struct service {
    const struct config *config;
    struct health *health;
    struct rate_limit *rate_by_principal;
    struct rate_limit *rate_by_address;
    struct cors cors;
    struct proxies proxies;
    const struct spool *spool; /* NULL: there is no room for files */
    struct work_pool *work_pool;
};
