/* A document as it is kept: pieces that are sealed each by itself, and open only together and in their order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/limits.h"

#define DOCUMENT_PIECE_BYTES (LIMIT_DOCUMENT_CHUNK_BYTES + SEAL_OVERHEAD_BYTES) /* sealed, of all but the last one */

/* Of content with so many bytes, at least one. */
unsigned document_pieces(size_t content_bytes);
size_t document_sealed_bytes(size_t content_bytes);
/* Of one of them, sealed; `number` counts from 0. */
size_t document_piece_bytes(size_t content_bytes, unsigned number);

/*
 * In place: `bytes` has room for document_sealed_bytes. A piece is bound to the document, to its number and to how many
 * there are, so that none can be changed, moved, left out or taken from elsewhere unnoticed. False when OpenSSL fails,
 * or when something was changed; what is in `bytes` then is of no use.
 */
bool document_seal(const struct keyring *keyring, struct uuid document_id, char *bytes, size_t content_bytes);
bool document_unseal(const struct keyring *keyring, struct uuid document_id, char *bytes, size_t content_bytes);
