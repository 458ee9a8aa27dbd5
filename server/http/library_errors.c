/* Replaces the HTML pages of libmicrohttpd by problem+json (docs/adr/0001). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/library_errors.h"
#include "server/http/problem.h"
#include "server/http/trace.h"
#include "server/log.h"
#include <dlfcn.h>

typedef enum MHD_Result queue_function(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);

/* Looked up once by the dynamic linker's rules: the definition behind ours. */
static queue_function *library_queue(void)
{
    static queue_function *found;
    if (found == NULL) {
        void *symbol = dlsym(RTLD_NEXT, "MHD_queue_response");
        memcpy(&found, &symbol, sizeof found);
    }
    return found;
}

enum MHD_Result library_queue_own(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    return library_queue()(connection, status, response);
}

static enum problem problem_of(unsigned status)
{
    switch (status) {
    case 408:
        return PROBLEM_REQUEST_TIMEOUT;
    case 413:
        return PROBLEM_BODY_TOO_LARGE;
    case 414:
        return PROBLEM_URI_TOO_LONG;
    case 431:
        return PROBLEM_HEADERS_TOO_LARGE;
    case 500:
        return PROBLEM_INTERNAL_ERROR;
    case 501:
        return PROBLEM_NOT_IMPLEMENTED;
    case 503:
        return PROBLEM_OVERLOADED;
    default:
        return PROBLEM_MALFORMED_REQUEST;
    }
}

static struct MHD_Response *render(enum problem problem, const char *request_id)
{
    struct request request = {.language = LANGUAGE_ZH};
    struct reply reply = {.status = 400};
    memcpy(request.request_id, request_id, sizeof request.request_id);
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    problem_render(&request, problem, &reply);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply.body.length, reply.body.bytes, MHD_RESPMEM_MUST_COPY);
    text_fini(&reply.body);
    return response;
}

/*
 * Seen by the dynamic linker before the library's own function of this name, so the library's internal calls arrive here: a header
 * that does not fit, a broken chunk, a request line it cannot read. No request was recognised, hence no language.
 */
enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    char request_id[TRACE_REQUEST_ID_LENGTH_MAX + 1];
    enum problem problem = problem_of(status);
    trace_request_id((struct span){0}, request_id);
    struct MHD_Response *ours = render(problem, request_id);
    if (ours == NULL)
        return library_queue()(connection, status, response);
    MHD_add_response_header(ours, "Content-Type", "application/problem+json");
    MHD_add_response_header(ours, "Cache-Control", "no-store");
    MHD_add_response_header(ours, "X-Request-Id", request_id);
    MHD_add_response_header(ours, "Connection", "close");
    enum MHD_Result result = library_queue()(connection, problem_infos[problem].status, ours);
    MHD_destroy_response(ours);
    LOG(LOG_INFO, "request_refused_by_library", LOG_INT("status", status), LOG_TEXT("request_id", span_of(request_id)));
    return result;
}
