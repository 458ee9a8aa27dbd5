/* Reads the list of proxies, and looks a peer up in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/proxies.h"
#include "server/auth/address.h"
#include <string.h>

#define IPV4_BEGINS 96 /* bits of ::ffff:0:0 before an IPv4 address */
#define IPV4_BITS_MINIMUM 8
#define IPV6_BITS_MINIMUM 32

static struct span trimmed(const char *bytes, size_t length)
{
    while (length > 0 && bytes[0] == ' ') {
        bytes++;
        length--;
    }
    while (length > 0 && bytes[length - 1] == ' ')
        length--;
    return (struct span){.bytes = bytes, .length = length};
}

/* Decimal, without sign or zeros in front. */
static bool read_bits(struct span text, unsigned maximum, unsigned *bits)
{
    if (text.length == 0 || text.length > 3 || (text.bytes[0] == '0' && text.length > 1))
        return false;
    *bits = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        *bits = *bits * 10 + (unsigned)(text.bytes[i] - '0');
    }
    return *bits <= maximum;
}

static bool is_clear_after(const uint8_t bytes[16], unsigned bits)
{
    for (unsigned i = bits; i < 128; i++)
        if (bytes[i / 8] & (0x80 >> i % 8))
            return false;
    return true;
}

static bool add(struct proxies *proxies, struct span text)
{
    struct sockaddr_storage address;
    const char *slash = text.length == 0 ? NULL : memchr(text.bytes, '/', text.length);
    struct span host = {.bytes = text.bytes, .length = slash == NULL ? text.length : (size_t)(slash - text.bytes)};
    if (proxies->count == PROXIES_MAXIMUM || !address_parse(host, &address))
        return false;
    bool is_ipv4 = address.ss_family == AF_INET;
    unsigned maximum = is_ipv4 ? 32 : 128;
    unsigned bits = maximum;
    if (slash != NULL && !read_bits((struct span){slash + 1, text.length - host.length - 1}, maximum, &bits))
        return false;
    if (bits < (is_ipv4 ? IPV4_BITS_MINIMUM : IPV6_BITS_MINIMUM))
        return false;
    bits += is_ipv4 ? IPV4_BEGINS : 0;
    uint8_t *bytes = proxies->networks[proxies->count].bytes;
    address_as_ipv6((const struct sockaddr *)&address, bytes);
    proxies->networks[proxies->count++].bits = bits;
    return is_clear_after(bytes, bits);
}

bool proxies_read(struct proxies *proxies, const char *list, const char **error)
{
    proxies->count = 0;
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (!add(proxies, trimmed(at, length))) {
            *error = "YIBAO_PROXY_ADDRESSES must be addresses and networks of proxies such as 10.0.0.10,fd00:5::/64, "
                     "no wider than /8 (IPv4) or /32 (IPv6), 32 at most";
            return false;
        }
        at += length + (at[length] == ',');
    }
    return true;
}

static bool is_within(const uint8_t address[16], const uint8_t network[16], unsigned bits)
{
    unsigned whole = bits / 8;
    unsigned mask = 0xff00u >> bits % 8 & 0xff;
    return memcmp(address, network, whole) == 0 && (mask == 0 || ((address[whole] ^ network[whole]) & mask) == 0);
}

bool proxies_contain(const struct proxies *proxies, const struct sockaddr *peer)
{
    uint8_t address[16];
    if (proxies->count == 0 || !address_as_ipv6(peer, address))
        return false;
    for (unsigned i = 0; i < proxies->count; i++)
        if (is_within(address, proxies->networks[i].bytes, proxies->networks[i].bits))
            return true;
    return false;
}
