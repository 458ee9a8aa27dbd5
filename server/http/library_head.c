/* Takes a request's header from libmicrohttpd, all of it at once, and has it judged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/library_head.h"
#include <strings.h>

struct header_list {
    struct guard_header headers[LIMIT_HEADERS + 1]; /* one more than allowed, so that the guard sees the excess */
    size_t count;
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
    struct header_list *list = cls;
    (void)kind;
    if (list->count > LIMIT_HEADERS)
        return MHD_NO;
    list->headers[list->count++] = (struct guard_header){.name = {name, name_length}, .value = {value, value_length}};
    return MHD_YES;
}

/* See guard_input.layout_bytes. Version 1 refuses by itself what version 0.9 passes over. */
static size_t layout_bytes(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL || MHD_get_version()[0] != '0' ? 0 : info->header_size;
}

static bool is_secret(struct span name)
{
    static const char *const fronts[] = {"Authorization",
                                         "Caller-"}; /* the latter: what a caller of a hotline keyed in */
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (name.length >= strlen(fronts[i]) && strncasecmp(name.bytes, fronts[i], strlen(fronts[i])) == 0)
            return true;
    return false;
}

/* The library frees its buffer as it is, and never looks at these headers itself; what we need of them is ours by now.
 */
static void wipe_secrets(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct span value = list->headers[i].value;
        if (is_secret(list->headers[i].name))
            explicit_bzero((char *)(uintptr_t)value.bytes, value.length);
    }
}

static void read_head(struct MHD_Connection *connection, struct exchange *exchange, struct guard_input *head)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info->client_addr->sa_family != LIBRARY_PROXY_FAMILY) {
        exchange_head(exchange, head, info->client_addr);
        return;
    }
    struct sockaddr_storage peer = {0};
    socklen_t peer_length = sizeof peer;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    getpeername(info->connect_fd, (struct sockaddr *)&peer, &peer_length);
    head->by_proxy = true;
    exchange_head(exchange, head, (const struct sockaddr *)&peer);
}

void library_head(struct MHD_Connection *connection, struct exchange *exchange, const char *method, const char *version)
{
    struct header_list list = {.count = 0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, &list);
    struct guard_input head = {
        .method = span_of(method),
        .target = exchange->target,
        .version = span_of(version),
        .headers = list.headers,
        .headers_count = list.count,
        .layout_bytes = layout_bytes(connection),
    };
    read_head(connection, exchange, &head);
    wipe_secrets(&list);
}
