/* Network addresses: what to listen on, how a peer is written, and which peers count as one caller. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool parse_port(const char *text, in_port_t *port)
{
    size_t length = strlen(text);
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return false;
    long value = 0;
    for (const char *at = text; *at != '\0'; at++)
        value = value * 10 + (*at - '0');
    *port = htons((uint16_t)value);
    return value <= 65535;
}

static bool parse_ipv6(const char *host, size_t length, struct address *address)
{
    char text[ADDRESS_TEXT_BYTES];
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->storage;
    if (length >= sizeof text)
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    in6->sin6_family = AF_INET6;
    address->length = sizeof *in6;
    return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1;
}

static bool parse_ipv4(const char *host, size_t length, struct address *address)
{
    char text[INET_ADDRSTRLEN];
    struct sockaddr_in *in4 = (struct sockaddr_in *)&address->storage;
    if (length >= sizeof text)
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    in4->sin_family = AF_INET;
    address->length = sizeof *in4;
    return inet_pton(AF_INET, text, &in4->sin_addr) == 1;
}

bool address_parse_listen(const char *text, struct address *address)
{
    memset(address, 0, sizeof *address);
    const char *colon = strrchr(text, ':');
    in_port_t port;
    if (colon == NULL || !parse_port(colon + 1, &port))
        return false;
    size_t host_length = (size_t)(colon - text);
    bool good;
    if (host_length == 0)
        good = parse_ipv6("::", 2, address);
    else if (text[0] == '[')
        good = host_length > 2 && text[host_length - 1] == ']' && parse_ipv6(text + 1, host_length - 2, address);
    else
        good = parse_ipv4(text, host_length, address);
    if (!good)
        return false;
    if (address->storage.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&address->storage)->sin6_port = port;
    else
        ((struct sockaddr_in *)&address->storage)->sin_port = port;
    return true;
}

bool address_parse(struct span text, struct sockaddr_storage *out)
{
    struct address address = {0};
    bool is_ipv6 = text.length > 0 && memchr(text.bytes, ':', text.length) != NULL;
    if (text.length == 0 || memchr(text.bytes, '\0', text.length) != NULL)
        return false;
    if (!(is_ipv6 ? parse_ipv6 : parse_ipv4)(text.bytes, text.length, &address))
        return false;
    *out = address.storage;
    return true;
}

bool address_as_ipv6(const struct sockaddr *peer, uint8_t out[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (peer->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + sizeof mapped, &((const struct sockaddr_in *)peer)->sin_addr, 4);
        return true;
    }
    if (peer->sa_family == AF_INET6)
        memcpy(out, &((const struct sockaddr_in6 *)peer)->sin6_addr, 16);
    return peer->sa_family == AF_INET6;
}

bool address_is_loopback(const struct address *address)
{
    if (address->storage.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&address->storage)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)&address->storage)->sin_addr.s_addr) >> 24 == 127;
}

/* A machine without IPv6 still gets its ":8080": the IPv4 wildcard stands in. */
static struct address ipv4_wildcard(const struct address *address)
{
    struct address any = {.length = sizeof(struct sockaddr_in)};
    struct sockaddr_in *in4 = (struct sockaddr_in *)&any.storage;
    in4->sin_family = AF_INET;
    in4->sin_addr.s_addr = htonl(INADDR_ANY);
    in4->sin_port = ((const struct sockaddr_in6 *)&address->storage)->sin6_port;
    return any;
}

static bool is_ipv6_wildcard(const struct address *address)
{
    return address->storage.ss_family == AF_INET6 &&
           IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)&address->storage)->sin6_addr);
}

static int close_keeping_errno(int socket)
{
    int why = errno;
    close(socket);
    errno = why;
    return -1;
}

int address_listen(const struct address *address, int backlog, bool shared)
{
    struct address actual = *address;
    int fd = socket(actual.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 && errno == EAFNOSUPPORT && is_ipv6_wildcard(address)) {
        actual = ipv4_wildcard(address);
        fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    }
    if (fd < 0)
        return -1;
    const int on = 1;
    const int off = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return close_keeping_errno(fd);
    if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return close_keeping_errno(fd);
    if (is_ipv6_wildcard(&actual) && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
        return close_keeping_errno(fd);
    if (bind(fd, (const struct sockaddr *)&actual.storage, actual.length) != 0 || listen(fd, backlog) != 0)
        return close_keeping_errno(fd);
    return fd;
}

static uint16_t port_of(const struct sockaddr_storage *storage)
{
    struct sockaddr_in6 in6;
    struct sockaddr_in in4;
    memcpy(&in6, storage, sizeof in6);
    memcpy(&in4, storage, sizeof in4);
    return ntohs(storage->ss_family == AF_INET6 ? in6.sin6_port : in4.sin_port);
}

uint16_t address_bound_port(int socket)
{
    struct sockaddr_storage storage = {0};
    socklen_t length = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &length) != 0)
        return 0;
    return port_of(&storage);
}

void address_format(const struct sockaddr *peer, char out[ADDRESS_TEXT_BYTES])
{
    const char *written = NULL;
    if (peer->sa_family == AF_INET) {
        written = inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, out, ADDRESS_TEXT_BYTES);
    } else if (peer->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)peer)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(in6))
            written = inet_ntop(AF_INET, in6->s6_addr + 12, out, ADDRESS_TEXT_BYTES);
        else
            written = inet_ntop(AF_INET6, in6, out, ADDRESS_TEXT_BYTES);
    }
    if (written == NULL)
        memcpy(out, "unknown", sizeof "unknown");
}

void address_format_listen(const struct address *address, char out[ADDRESS_LISTEN_BYTES])
{
    char host[ADDRESS_TEXT_BYTES];
    bool is_ipv6 = address->storage.ss_family == AF_INET6;
    address_format((const struct sockaddr *)&address->storage, host);
    snprintf(out, ADDRESS_LISTEN_BYTES, is_ipv6 ? "[%s]:%u" : "%s:%u", host, port_of(&address->storage));
}

size_t address_caller_bytes(const struct sockaddr *peer, uint8_t out[ADDRESS_CALLER_BYTES_MAX])
{
    const uint8_t *bytes = NULL;
    size_t length = 0;
    out[0] = 0;
    if (peer->sa_family == AF_INET) {
        bytes = (const uint8_t *)&((const struct sockaddr_in *)peer)->sin_addr;
        length = 4;
    } else if (peer->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)peer)->sin6_addr;
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(in6);
        bytes = in6->s6_addr + (is_mapped ? 12 : 0);
        length = is_mapped ? 4 : 8;
    }
    if (length > 0) {
        out[0] = length == 4 ? 4 : 6;
        memcpy(out + 1, bytes, length);
    }
    return 1 + length;
}

socklen_t address_of_caller(const struct sockaddr *peer, socklen_t peer_length, struct sockaddr_storage *out)
{
    struct in6_addr *in6 = &((struct sockaddr_in6 *)out)->sin6_addr;
    memcpy(out, peer, peer_length);
    if (out->ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(in6))
        memset(in6->s6_addr + 8, 0, 8);
    return peer_length;
}
