/* The proxies whose word about a caller's address is taken. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define PROXIES_MAXIMUM 32

/* Read-only after proxies_read: shared by all threads. IPv4 stands as IPv6 (::ffff:0:0/96). */
struct proxies {
    struct {
        uint8_t bytes[16];
        unsigned bits; /* of them that count */
    } networks[PROXIES_MAXIMUM];
    unsigned count;
};

/* "10.0.0.10, fd00:5::/64" (config proxy_addresses; empty: none). False, with a reason in *error, for anything else,
 * for bits set after the prefix, and for prefixes shorter than 8 (IPv4) or 32 (IPv6). */
bool proxies_read(struct proxies *proxies, const char *list, const char **error);
bool proxies_contain(const struct proxies *proxies, const struct sockaddr *peer);
