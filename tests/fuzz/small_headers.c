/* traceparent, X-Request-Id, If-None-Match, Origin, Host, listening addresses and proxies; the first byte says which.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "server/auth/address.h"
#include "server/auth/proxies.h"
#include "server/http/cors.h"
#include "server/http/guard_target.h"
#include "server/http/trace.h"
#include "tests/fuzz/fuzz.h"
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>

static void check_trace(struct span text)
{
    char trace[TRACE_ID_LENGTH + 1] = "", id[TRACE_REQUEST_ID_LENGTH_MAX + 1];
    if (trace_parse(text, trace))
        assert(strspn(trace, "0123456789abcdef") == TRACE_ID_LENGTH && strspn(trace, "0") < TRACE_ID_LENGTH &&
               memcmp(text.bytes + 3, trace, TRACE_ID_LENGTH) == 0);
    trace_request_id(text, id);
    assert(trace_request_id_is_valid(span_of(id)));
    assert(!trace_request_id_is_valid(text) || span_equal(text, span_of(id)));
}

/* A tag matches only what names it. */
static void check_etag(struct span text)
{
    static const char tag[] = "\"0123456789abcdef.json\"";
    bool is_named = text.length > 0 && memmem(text.bytes, text.length, tag, sizeof tag - 1) != NULL;
    bool is_any = text.length > 0 && memchr(text.bytes, '*', text.length) != NULL;
    assert(!etag_matches(text, SPAN("\"0123456789abcdef.json\"")) || is_named || is_any);
    assert(etag_matches(SPAN("\"a\", W/\"0123456789abcdef.json\""), SPAN("\"0123456789abcdef.json\"")));
}

static char *copy_z(struct span text)
{
    char *z = malloc(text.length + 1);
    assert(z != NULL);
    if (text.length > 0)
        memcpy(z, text.bytes, text.length);
    z[text.length] = '\0';
    return z;
}

/* What is allowed stands in the list, in lower case, and has the form of an origin. */
static void check_origins(struct span text)
{
    struct cors cors;
    const char *error = NULL;
    struct span origin = fuzz_take_part(&text, '\n');
    char *list = copy_z(text);
    if (!cors_read(&cors, list, &error)) {
        assert(error != NULL);
        free(list);
        return;
    }
    const char *allowed = cors_allowed(&cors, origin);
    assert(allowed == NULL || span_equal(span_of(allowed), origin));
    for (unsigned i = 0; i < cors.origins_count; i++) {
        assert(cors_allowed(&cors, span_of(cors.origins[i])) != NULL && strchr(cors.origins[i], '*') == NULL);
        assert(strncmp(cors.origins[i], "http", 4) == 0 && strpbrk(cors.origins[i], " \r\n\"<>@") == NULL);
    }
    free(list);
}

static void check_host(struct span text)
{
    if (!guard_host_is_valid(text))
        return;
    for (size_t i = 0; i < text.length; i++)
        assert(isalnum((unsigned char)text.bytes[i]) || strchr("-._~:[]", text.bytes[i]) != NULL);
}

/* An address that is taken reads the same after it was written. */
static void check_address(struct span text)
{
    struct address address, again;
    char written[ADDRESS_LISTEN_BYTES], twice[ADDRESS_LISTEN_BYTES];
    char *z = copy_z(text);
    if (address_parse_listen(z, &address)) {
        address_format_listen(&address, written);
        assert(address_parse_listen(written, &again));
        address_format_listen(&again, twice);
        assert(strcmp(written, twice) == 0 && address_is_loopback(&address) == address_is_loopback(&again));
    }
    free(z);
}

/* A peer of no network that was read is no proxy. */
static void check_proxies(struct span text)
{
    struct proxies proxies;
    const struct sockaddr_in peer = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7F000001)};
    const char *error = NULL;
    char *z = copy_z(text);
    if (!proxies_read(&proxies, z, &error))
        assert(error != NULL);
    else
        assert(proxies.count > 0 || !proxies_contain(&proxies, (const struct sockaddr *)&peer));
    free(z);
}

void fuzz_small_headers(struct span input)
{
    switch (fuzz_take_byte(&input) % 6) {
    case 0:
        check_trace(input);
        return;
    case 1:
        check_etag(input);
        return;
    case 2:
        check_origins(input);
        return;
    case 3:
        check_host(input);
        return;
    case 4:
        check_address(input);
        return;
    default:
        check_proxies(input);
        return;
    }
}
