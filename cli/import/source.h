/* The file to import: a copy in memory, in UTF-8, with its fingerprint. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

#define FINGERPRINT_BYTES 32

struct source {
    struct span content; /* UTF-8 without byte-order mark */
    bool is_clean;       /* no line can have bytes that are no text */
    bool is_gb18030;
    bool is_sealed;                    /* nothing of it may lie on a disk in the clear */
    uint8_t sha256[FINGERPRINT_BYTES]; /* of the file as given */
    char *copy;                        /* from malloc; what happens to the file later changes nothing */
};

/* The same from a sealed file of the spool, with its keyring. */
bool source_open_sealed(struct source *source, const char *path, struct uuid id, const struct keyring *keyring);
/* False after one line on stderr, also when the file changed while it was read. */
bool source_open(struct source *source, const char *path);
void source_close(struct source *source);
