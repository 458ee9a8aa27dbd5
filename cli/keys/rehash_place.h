/* The tables of db/rehash, walked through by ranges of blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/keys/rehash.h"

struct rehash_key {
    enum key_purpose purpose;
    unsigned version; /* the older one */
};

/* When a place gets the newer version, and when it loses the older one: the stage of the newer or of the older. */
enum rehash_step { REHASH_ANNOUNCED, REHASH_WRITTEN, REHASH_LOOKED, REHASH_LEAVING, REHASH_REFUSED };

/* Does what the step asks for in every place, until nothing is left to do. False after one line on stderr. */
bool rehash_places(struct pg_session *session, const struct keyring *keyring, const char *db_directory,
                   enum rehash_step step, struct rehash_key key, struct rehash_report *report);
