/* What a request with an Idempotency-Key asks for, as one hash. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

#define IDEMPOTENCY_HASH_BYTES 32

/*
 * SHA-256 over the operation and all its typed arguments but headers and `dry_run`, so white space, the order of
 * members and defaults that are written out make no difference. It is not keyed: whoever stores it and has personal
 * data among the arguments hashes it once more with a key. False: out of memory.
 */
bool idempotency_hash(const struct request *request, uint8_t hash[IDEMPOTENCY_HASH_BYTES]);
