/* Seals and opens the pieces of a document where they are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/pieces.h"
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 48
#define HEAD_BYTES                                                                                                     \
    (SEAL_OVERHEAD_BYTES - 16) /* of a sealed value, in front of what it seals; the tag stands behind                  \
                                */

unsigned document_pieces(size_t content_bytes)
{
    return (unsigned)((content_bytes + LIMIT_DOCUMENT_CHUNK_BYTES - 1) / LIMIT_DOCUMENT_CHUNK_BYTES);
}

size_t document_sealed_bytes(size_t content_bytes)
{
    return content_bytes + (size_t)document_pieces(content_bytes) * SEAL_OVERHEAD_BYTES;
}

size_t document_piece_bytes(size_t content_bytes, unsigned number)
{
    size_t rest_bytes = content_bytes - (size_t)number * LIMIT_DOCUMENT_CHUNK_BYTES;
    return rest_bytes < LIMIT_DOCUMENT_CHUNK_BYTES ? rest_bytes + SEAL_OVERHEAD_BYTES : DOCUMENT_PIECE_BYTES;
}

static void name_piece(unsigned number, unsigned pieces, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "document_chunk.sealed.%u/%u", number + 1, pieces);
}

/* From the last one: each moves back, to where its seal has room around it. */
bool document_seal(const struct keyring *keyring, struct uuid document_id, char *bytes, size_t content_bytes)
{
    unsigned pieces = document_pieces(content_bytes);
    for (unsigned i = pieces; i-- > 0;) {
        char name[NAME_BYTES];
        size_t piece_bytes = document_piece_bytes(content_bytes, i);
        char *piece = bytes + (size_t)i * DOCUMENT_PIECE_BYTES;
        struct span plain = {.bytes = piece + HEAD_BYTES, .length = piece_bytes - SEAL_OVERHEAD_BYTES};
        size_t written_bytes = 0;
        memmove(piece + HEAD_BYTES, bytes + (size_t)i * LIMIT_DOCUMENT_CHUNK_BYTES, plain.length);
        name_piece(i, pieces, name);
        if (!keyring_seal(keyring, name, document_id, plain, (uint8_t *)piece, piece_bytes, &written_bytes))
            return false;
    }
    return true;
}

bool document_unseal(const struct keyring *keyring, struct uuid document_id, char *bytes, size_t content_bytes)
{
    unsigned pieces = document_pieces(content_bytes);
    for (unsigned i = 0; i < pieces; i++) {
        char name[NAME_BYTES];
        char *piece = bytes + (size_t)i * DOCUMENT_PIECE_BYTES;
        struct span sealed = {.bytes = piece, .length = document_piece_bytes(content_bytes, i)};
        size_t plain_bytes = 0;
        name_piece(i, pieces, name);
        if (!keyring_unseal(keyring, name, document_id, sealed, piece + HEAD_BYTES, sealed.length - SEAL_OVERHEAD_BYTES,
                            &plain_bytes))
            return false;
        memmove(bytes + (size_t)i * LIMIT_DOCUMENT_CHUNK_BYTES, piece + HEAD_BYTES, plain_bytes);
    }
    return true;
}
