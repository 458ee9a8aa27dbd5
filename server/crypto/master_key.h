/* The master key: 32 bytes in hexadecimal in a file that only its owner can read. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/text.h"

enum master_key_outcome { MASTER_KEY_READ, MASTER_KEY_ABSENT, MASTER_KEY_REFUSED };

/* The master key, and behind it, while it is being changed, the next one: from the same path with ".next" at its end.
 */
struct master_keys {
    uint8_t bytes[2][KEY_BYTES];
    unsigned count;
    unsigned used; /* the one that opened what was opened last */
};

/* Refused: unreadable, no regular file, open to group or others, of another user (but root), or not 64 hexadecimal
 * digits; `error` gets a line that says which. */
enum master_key_outcome master_key_read(const char *path, uint8_t out[KEY_BYTES], struct text *error);
/* Makes a random key and its file (mode 0600), durable before it returns; never replaces a file. */
bool master_key_create(const char *path, uint8_t out[KEY_BYTES], struct text *error);
/* Both files; it is no fault when there is no next one. */
enum master_key_outcome master_keys_read(const char *path, struct master_keys *out, struct text *error);
/* Path of the next one. False when it is too long. */
bool master_key_next_path(const char *path, char *out, size_t out_bytes);
