/* What the files of the spool share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/spool.h"

#define SPOOL_NAME_BYTES (UUID_TEXT_LENGTH + sizeof ".spool")

struct spool {
    const struct keyring *keyring;
    const char *directory;
    int directory_fd;
    struct uuid id;
};

void spool_birth_name(struct uuid id, char out[SPOOL_NAME_BYTES]); /* while it is not locked yet */
void spool_file_name(struct uuid id, char out[SPOOL_NAME_BYTES]);
