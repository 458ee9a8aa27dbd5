/* What the subcommands that stay have in common: settings in force, signals, keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/http/health.h"

/* Both: false after one line on stderr. */
bool process_complain(const char *what);
/* Of every subcommand in production: neither a core file nor another process of the same user sees keys and tokens. */
void process_shut_memory(void);
/* Before any thread: applies log level and test clock, lets only process_wait_for_stop see SIGTERM, SIGINT and SIGHUP.
 */
void process_prepare(const struct config *config);
/* Checks that the database is one for this mode, and opens its keys. NULL after one line on stderr. */
struct keyring *process_open_keys(const struct config *config);
/* Tells the service manager that it is ready, and later that it stops; `health` is what its watchdog watches. SIGHUP
 * has the files of keys read again meanwhile. */
void process_wait_for_stop(const struct health *health);
