/* Takes a new version of a key whose hashes form a chain into use, step by step beside working processes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/pg/session.h"
#include <stdbool.h>

struct rehash_report {
    unsigned long long stored;    /* hashes of newer versions */
    unsigned long long dropped;   /* hashes of older ones */
    unsigned long long forgotten; /* sources known by an older hash_attempt */
};

/*
 * Takes every version that was announced through all its stages (docs/adr/0004-hashes-in-a-chain.md). `pause_s`: for
 * how long a stage lasts at least, so that every process has noticed it. The session is the owner's. Each slice and
 * each stage is a transaction of its own: whatever interrupts it, the next call goes on. False after one line on
 * stderr.
 */
bool rehash(struct pg_session *session, const struct keyring *keyring, const char *db_directory, unsigned pause_s,
            struct rehash_report *report);
/* Prints how many hashes of each version stand where. */
bool rehash_print_counts(struct pg_session *session, const char *db_directory);
