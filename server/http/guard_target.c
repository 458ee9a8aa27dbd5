/* The request target's part of the guard. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/guard_target.h"
#include "server/limits.h"
#include <arpa/inet.h>

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Browsers leave []{}|\^` unencoded in a query but not in a path; what RFC 3986 forbids in both, nobody sends. */
static bool is_path_character(char c)
{
    return is_alphanumeric(c) || is_one_of(c, "/-._~!$&'()*+,;=:@");
}

static bool is_query_character(char c)
{
    return c > ' ' && c < 0x7f && !is_one_of(c, "\"#<>");
}

/* Moves over one character or escape and says which byte it stands for. */
static enum guard_verdict take_byte(struct span text, size_t *at, bool (*is_allowed)(char), unsigned char *byte)
{
    char c = text.bytes[*at];
    if (c != '%') {
        (*at)++;
        *byte = (unsigned char)c;
        return is_allowed(c) ? GUARD_OK : GUARD_TARGET_CHARACTER;
    }
    if (text.length - *at < 3)
        return GUARD_TARGET_PERCENT;
    int high = hex_value(text.bytes[*at + 1]);
    int low = hex_value(text.bytes[*at + 2]);
    if (high < 0 || low < 0)
        return GUARD_TARGET_PERCENT;
    *at += 3;
    *byte = (unsigned char)(high * 16 + low);
    return GUARD_OK;
}

/* Encoded control characters in a query are left to validation, which names the field; NUL never gets so far. */
static enum guard_verdict check_query(struct span query)
{
    for (size_t at = 0; at < query.length;) {
        unsigned char byte;
        enum guard_verdict verdict = take_byte(query, &at, is_query_character, &byte);
        if (verdict != GUARD_OK)
            return verdict;
        if (byte == 0)
            return GUARD_TARGET_CHARACTER;
    }
    return GUARD_OK;
}

/* Whether the segment that ends here is "." or "..", or is empty before another one. */
static bool segment_is_plain(size_t length, size_t dots, bool is_last)
{
    if (length == 0)
        return is_last;
    return dots != length || length > 2;
}

/* One reading only: no encoded slash or backslash, dot segments or empty segments, which proxies and servers resolve
 * differently. */
static enum guard_verdict check_path(struct span path)
{
    bool is_plain = true;
    size_t length = 0;
    size_t dots = 0;
    for (size_t at = 1; at < path.length;) {
        bool is_encoded = path.bytes[at] == '%';
        unsigned char byte;
        enum guard_verdict verdict = take_byte(path, &at, is_path_character, &byte);
        if (verdict != GUARD_OK)
            return verdict;
        if (byte < ' ' || byte == 0x7f)
            return GUARD_TARGET_CHARACTER;
        if (byte == '/' && !is_encoded) {
            is_plain = is_plain && segment_is_plain(length, dots, false);
            length = 0;
            dots = 0;
            continue;
        }
        if (byte == '/' || byte == '\\')
            is_plain = false;
        length++;
        dots += byte == '.';
    }
    is_plain = is_plain && segment_is_plain(length, dots, true);
    return is_plain ? GUARD_OK : GUARD_PATH_NOT_PLAIN;
}

enum guard_verdict guard_check_target(struct span target, bool is_options)
{
    if (is_options && span_equal(target, SPAN("*")))
        return GUARD_TARGET_ASTERISK;
    if (target.length == 0 || target.bytes[0] != '/')
        return GUARD_TARGET_FORM;
    const char *mark = memchr(target.bytes, '?', target.length);
    struct span path = {.bytes = target.bytes, .length = mark == NULL ? target.length : (size_t)(mark - target.bytes)};
    struct span query = {.bytes = "", .length = 0};
    if (mark != NULL)
        query = (struct span){.bytes = mark + 1, .length = target.length - path.length - 1};
    if (path.length > LIMIT_PATH_BYTES)
        return GUARD_PATH_TOO_LONG;
    if (query.length > LIMIT_QUERY_BYTES)
        return GUARD_QUERY_TOO_LONG;
    enum guard_verdict query_verdict = check_query(query);
    if (query_verdict != GUARD_OK)
        return query_verdict;
    return check_path(path);
}

static bool port_is_valid(struct span port)
{
    unsigned value = 0;
    if (port.length > 5)
        return false;
    for (size_t i = 0; i < port.length; i++) {
        if (port.bytes[i] < '0' || port.bytes[i] > '9')
            return false;
        value = value * 10 + (unsigned)(port.bytes[i] - '0');
    }
    return value <= 65535;
}

static bool ipv6_literal_is_valid(struct span literal)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    if (literal.length >= sizeof text)
        return false;
    memcpy(text, literal.bytes, literal.length);
    text[literal.length] = '\0';
    return strlen(text) == literal.length && inet_pton(AF_INET6, text, address) == 1;
}

static bool name_is_valid(struct span name)
{
    if (name.length == 0 || name.length > 253)
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (!is_alphanumeric(name.bytes[i]) && !is_one_of(name.bytes[i], "-._~"))
            return false;
    return true;
}

bool guard_host_is_valid(struct span host)
{
    if (host.length == 0)
        return false;
    bool is_literal = host.bytes[0] == '[';
    const char *end = memchr(host.bytes, is_literal ? ']' : ':', host.length);
    size_t name_length = end == NULL ? host.length : (size_t)(end - host.bytes);
    struct span name = {.bytes = host.bytes, .length = name_length};
    if (is_literal) {
        if (end == NULL || !ipv6_literal_is_valid((struct span){.bytes = host.bytes + 1, .length = name_length - 1}))
            return false;
        name_length++;
    } else if (!name_is_valid(name)) {
        return false;
    }
    if (name_length == host.length)
        return true;
    struct span port = {.bytes = host.bytes + name_length + 1, .length = host.length - name_length - 1};
    return host.bytes[name_length] == ':' && port_is_valid(port);
}
