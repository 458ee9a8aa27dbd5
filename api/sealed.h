/* Sealed personal data: on its way into a reply, opened and masked, and into the database, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/mask.h"
#include "server/crypto/keyring.h"
#include "server/http/request.h"
#include "server/json_writer.h"

/*
 * `table_column` and `row_id` are those the value was sealed with, e.g. "person.name" and the person_id. The masked
 * text is in the request's arena. False, after a line in the log, when the value does not open: a key is missing or the
 * row was tampered with.
 */
bool sealed_mask(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span (*mask)(struct span plain, char out[MASK_BYTES]), struct span *masked);
/* "name": the masked value, or null where nothing is on file, into an object that is open. */
bool sealed_write_masked(struct request *request, struct json_writer *writer, const char *name,
                         const char *table_column, struct uuid row_id, struct span sealed,
                         struct span (*mask)(struct span plain, char out[MASK_BYTES]));
/* As sealed_mask, for what is shown in full; the plain text is wiped when the request ends. */
bool sealed_open(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span *plain);
/* Into the request's arena. False without memory or when OpenSSL fails. */
bool sealed_make(struct request *request, const char *table_column, struct uuid row_id, struct span plain,
                 struct span *sealed);
/* To look up by. */
bool sealed_hash(struct request *request, enum key_purpose purpose, struct span plain, struct span *hash);
/* To store or compare: keyring_hash_items. */
bool sealed_hash_items(struct request *request, enum key_purpose purpose, struct span plain, struct span *items);
