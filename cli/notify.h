/* Tells a service manager how far this process is, as systemd's sd_notify(3) does; nothing where there is none. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/health.h"
#include <signal.h>

/* `state` is lines like "READY=1". To the socket that NOTIFY_SOCKET names; a manager that does not listen is no fault.
 */
void notify(const char *state);
/* The next of `signals`, which are blocked. Meanwhile a manager that has set WATCHDOG_USEC hears WATCHDOG=1 twice in
 * that time, as long as `health` is live: no thread of ours hangs. */
int notify_wait(const sigset_t *signals, const struct health *health);
