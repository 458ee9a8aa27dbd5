/* Seals again, by the key in use, what older keys have sealed, slice by slice beside a working server. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/pg/session.h"
#include <stdbool.h>

struct reseal_report {
    unsigned long long resealed; /* values */
    unsigned long long left;     /* values that something open holds, or whose row was in use */
};

/*
 * The session is the owner's. Each slice is a transaction of its own, so an interruption loses nothing that was done,
 * and the next call goes on. False after one line on stderr.
 */
bool reseal(struct pg_session *session, const struct keyring *keyring, const char *db_directory,
            struct reseal_report *report);
/* Prints for each table how many values each version has sealed. */
bool reseal_print_counts(struct pg_session *session, const char *db_directory);
