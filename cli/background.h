/* What `yibaod serve` does besides answering requests: the tasks of its background threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/spool.h"

/* `spool`: NULL where no files can be kept. False after one line on stderr; background_stop is right in either case. */
bool background_start(const struct config *config, const struct keyring *keyring, const struct spool *spool);
void background_stop(void);
