/* Counts what the program itself keeps open, and leaves the rest to clients. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/descriptors.h"
#include "server/limits.h"
#include "server/log.h"
#include <sys/resource.h>

#define OF_PROCESS (32 + LIMIT_OPS_CONNECTIONS) /* streams, files of libraries, the operators' listener */
#define OF_WORKERS 24                           /* sessions, wake-ups, the gateway, the files of a job and its pipes */
#define OF_REACTOR 8                            /* its epoll instances, its wake-ups, its listener */

static int64_t own(const struct config *config, unsigned reactors)
{
    int64_t lanes = config->read_connections + config->write_connections + config->slow_connections;
    lanes += config->replica_url[0] == 0 ? 0 : config->replica_connections;
    return OF_PROCESS + OF_WORKERS + reactors * (lanes + OF_REACTOR + LIMIT_UPLOADS);
}

bool descriptors_divide(struct config *config, unsigned reactors, const char **error)
{
    struct rlimit limit;
    *error = "the limit of open files cannot be raised to the hard one";
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    int64_t granted = limit.rlim_max > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_max;
    int64_t left = granted - own(config, reactors);
    *error = "the hard limit of open files (ulimit -Hn) leaves no room for clients";
    if (left < reactors)
        return false;
    if (left >= config->connections_max)
        return true;
    LOG(LOG_WARNING, "connections_limited", LOG_INT("connections", left), LOG_INT("open_files", granted));
    config->connections_max = left - left % reactors;
    return true;
}
