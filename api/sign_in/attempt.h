/* By what attempts are counted: keyed hashes of the number that was given and of the place it came from. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/http/reply.h"
#include "server/http/request.h"

/* Two parts, so that no number is ever taken for another kind. False only when OpenSSL fails. */
bool attempt_hash(const char *use, struct span value, uint8_t out[KEYED_HASH_BYTES]);
/*
 * Where the request came from: an IPv4 /24 or an IPv6 /64. Behind a proxy that is the proxy, so everybody is one source
 * there until the proxy's word about the address is taken.
 */
bool attempt_source(const struct request *request, uint8_t out[KEYED_HASH_BYTES]);
struct span attempt_span(const uint8_t hash[KEYED_HASH_BYTES]);
/* In render: 429 with Retry-After. */
enum problem attempt_closed(struct request *request, struct reply *reply, int64_t retry_after_s);
