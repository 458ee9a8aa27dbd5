/* The operators' own listener: /livez, /readyz, /metrics. Never reachable from the API's port. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/ops.h"
#include "server/auth/address.h"
#include "server/clock.h"
#include "server/http/library_errors.h"
#include "server/http/operation.h"
#include "server/json_writer.h"
#include "server/limits.h"
#include "server/metrics.h"
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BACKLOG 64
#define TIMEOUT_S 5

struct ops {
    struct MHD_Daemon *daemon;
    const struct health *health;
    uint16_t port;
};

/* What one path answers: its status and its media type; the body goes into `out`. */
struct answer {
    unsigned status;
    const char *media;
};

static struct answer answer_live(const struct ops *ops, struct text *out)
{
    int64_t now_us = clock_monotonic_us();
    health_write_live(ops->health, now_us, out);
    bool is_live = health_is_live(ops->health, now_us);
    return (struct answer){is_live ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, "application/json"};
}

static struct answer answer_ready(const struct ops *ops, struct text *out)
{
    int64_t now_us = clock_monotonic_us();
    health_write_ready(ops->health, now_us, out);
    bool is_ready = health_state(ops->health, now_us) == HEALTH_READY;
    return (struct answer){is_ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, "application/json"};
}

static struct answer answer_metrics(const struct ops *ops, struct text *out)
{
    bool is_ready = health_state(ops->health, clock_monotonic_us()) == HEALTH_READY;
    metrics_render(out);
    text_printf(out, "# HELP yibaod_ready Whether /readyz says so.\n# TYPE yibaod_ready gauge\nyibaod_ready %d\n",
                is_ready);
    return (struct answer){MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8"};
}

static struct answer answer_problem(enum problem problem, struct text *out)
{
    const struct problem_info *info = &problem_infos[problem];
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "type");
    text_printf(out, "\"urn:yibaod:problem:%s\"", info->code);
    writer.needs_comma = true;
    json_key(&writer, "title");
    json_text(&writer, span_of(info->title_en));
    json_key(&writer, "status");
    json_int(&writer, info->status);
    json_key(&writer, "code");
    json_text(&writer, span_of(info->code));
    json_object_close(&writer);
    return (struct answer){info->status, "application/problem+json"};
}

static struct answer answer_path(const struct ops *ops, const char *path, struct text *out)
{
    if (strcmp(path, "/livez") == 0)
        return answer_live(ops, out);
    if (strcmp(path, "/readyz") == 0)
        return answer_ready(ops, out);
    if (strcmp(path, "/metrics") == 0)
        return answer_metrics(ops, out);
    return answer_problem(PROBLEM_NOT_FOUND, out);
}

static enum MHD_Result queue(struct MHD_Connection *connection, struct answer answer, struct text *body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(body->length, body->bytes, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.media);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = library_queue_own(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *upload, size_t *upload_bytes, void **state)
{
    static int begun;
    (void)version;
    (void)upload;
    if (*state == NULL) {
        *state = &begun; /* queueing in the first call would close the connection */
        return MHD_YES;
    }
    if (*upload_bytes != 0) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    struct text body;
    struct answer answer;
    text_init(&body, LIMIT_METRICS_BYTES);
    if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
        answer = answer_path(cls, path, &body);
    else
        answer = answer_problem(PROBLEM_METHOD_NOT_ALLOWED, &body);
    enum MHD_Result result = body.failed ? MHD_NO : queue(connection, answer, &body);
    text_fini(&body);
    return result;
}

static struct MHD_Daemon *start(struct ops *ops, int socket)
{
    return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, NULL, NULL, handle, ops,
                            MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)LIMIT_OPS_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_HEADER_BYTES, MHD_OPTION_END);
}

struct ops *ops_open(const struct config *config, const struct health *health, const char **error)
{
    struct address address;
    if (!address_parse_listen(config->ops_listen, &address)) {
        *error = "YIBAO_OPS_LISTEN is not an address and port like 127.0.0.1:8081";
        return NULL;
    }
    struct ops *ops = calloc(1, sizeof *ops);
    int socket = ops == NULL ? -1 : address_listen(&address, BACKLOG, false);
    if (socket < 0) {
        *error = "cannot listen on YIBAO_OPS_LISTEN: the address is in use, not ours, or not allowed";
        free(ops);
        return NULL;
    }
    ops->health = health;
    ops->port = address_bound_port(socket);
    ops->daemon = start(ops, socket);
    if (ops->daemon == NULL) {
        *error = "cannot start the operators' listener";
        close(socket);
        free(ops);
        return NULL;
    }
    return ops;
}

void ops_close(struct ops *ops)
{
    if (ops == NULL)
        return;
    MHD_stop_daemon(ops->daemon);
    free(ops);
}

uint16_t ops_port(const struct ops *ops)
{
    return ops->port;
}
