/* GET /v1/me/consent-requests: who waits for my answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"consent_request_id", ME_CONSENT_REQUESTS_COLUMN_CONSENT_REQUEST_ID, FIELD_PLAIN},
    {"client_id", ME_CONSENT_REQUESTS_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"client_name", ME_CONSENT_REQUESTS_COLUMN_CLIENT_NAME, FIELD_PLAIN},
    {"client_kind", ME_CONSENT_REQUESTS_COLUMN_CLIENT_KIND, FIELD_PLAIN},
    {"scopes", ME_CONSENT_REQUESTS_COLUMN_SCOPES, FIELD_WORDS},
    {"purpose", ME_CONSENT_REQUESTS_COLUMN_PURPOSE, FIELD_PLAIN},
    {"days", ME_CONSENT_REQUESTS_COLUMN_DAYS, FIELD_PLAIN},
    {"created_at", ME_CONSENT_REQUESTS_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"expires_at", ME_CONSENT_REQUESTS_COLUMN_EXPIRES_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_ME_CONSENT_REQUESTS);
    call_int(call, ME_CONSENT_REQUESTS_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_instant(call, ME_CONSENT_REQUESTS_PARAM_AT, clock_real_us());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    list_write_whole(&list, rows, reply);
    return PROBLEM_NONE;
}

const struct handler list_my_consent_requests_handler = {.bind = bind, .render = render};
