/* Keeps the keyring of a running process up to date with the keys in the database. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/jobs/worker.h"

#define KEY_WATCH_EVERY_S 2 /* how late a process may be in having a new key */

struct key_watch;

/* The keyring is the process's, and no one else changes it. NULL without memory. */
struct key_watch *key_watch_open(const struct config *config, struct keyring *keyring);
int64_t key_watch_turn(void *state, struct worker *worker);
/* Any thread: at its next turn it also sees whether the master key's file opens every key. NULL: nothing happens. */
void key_watch_reload(struct key_watch *watch);
void key_watch_close(struct key_watch *watch);
