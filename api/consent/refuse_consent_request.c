/* POST /v1/me/consent-requests/{consent_request_id}/refuse. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/consent/answer.h"
#include "server/clock.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    answer_bind(request, request->args[REFUSE_CONSENT_REQUEST_CONSENT_REQUEST_ID].uuid, clock_real_us(), call);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    reply->status = 204;
    return answer_problem(rows);
}

const struct handler refuse_consent_request_handler = {.bind = bind, .render = render};
