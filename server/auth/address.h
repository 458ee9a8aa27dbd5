/* Network addresses: what to listen on, how a peer is written, and which peers count as one caller. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_BYTES 46      /* INET6_ADDRSTRLEN */
#define ADDRESS_LISTEN_BYTES 56    /* [address]:port */
#define ADDRESS_CALLER_BYTES_MAX 9 /* family, then 4 bytes of IPv4 or the 8 bytes of an IPv6 /64 */

struct address {
    struct sockaddr_storage storage;
    socklen_t length;
};

/* "127.0.0.1:8080", "[::1]:8080" or ":8080" (every address, IPv4 and IPv6). Numbers only: no name is looked up. Port 0
 * to 65535. */
bool address_parse_listen(const char *text, struct address *address);
bool address_is_loopback(const struct address *address);

/* An address alone: no port, no brackets, no zone, no blanks. */
bool address_parse(struct span text, struct sockaddr_storage *out);
/* IPv4 as ::ffff:a.b.c.d. False for other families. */
bool address_as_ipv6(const struct sockaddr *peer, uint8_t out[16]);

/* A non-blocking, close-on-exec listening socket; `shared` sets SO_REUSEPORT. -1 with errno set. */
int address_listen(const struct address *address, int backlog, bool shared);
uint16_t address_bound_port(int socket); /* 0 when it cannot be told */

/* The address alone, without port; IPv4 inside IPv6 is written as IPv4. "unknown" for other families. */
void address_format(const struct sockaddr *peer, char out[ADDRESS_TEXT_BYTES]);
/* With port, as address_parse_listen reads it. */
void address_format_listen(const struct address *address, char out[ADDRESS_LISTEN_BYTES]);

/* The bytes that stand for one caller: IPv4 whole, IPv6 by its /64. Returns how many were written. */
size_t address_caller_bytes(const struct sockaddr *peer, uint8_t out[ADDRESS_CALLER_BYTES_MAX]);
/* The same for whoever counts whole addresses: that of an IPv6 /64 is its first one. Returns its length. */
socklen_t address_of_caller(const struct sockaddr *peer, socklen_t peer_length, struct sockaddr_storage *out);
