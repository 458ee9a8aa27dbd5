/* Background work: the tasks of the threads of `yibaod work`, and of `yibaod serve` besides answering requests. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/http/health.h"
#include "server/spool.h"

/*
 * The keyring is kept up to date in any case; `works`: the tasks are done here too. `spool`: NULL where no files can be
 * kept. `health`: told how the threads are, unless NULL. False after one line on
 * stderr; background_stop is right in either case.
 */
bool background_start(const struct config *config, struct keyring *keyring, const struct spool *spool,
                      struct health *health, bool works);
/* Reads again what is in files: master key, key of the SMS gateway. */
void background_reload(void);
void background_stop(void);
