/* POST /v1/me/consent-requests/{consent_request_id}/grant: lets a client see what it asked for, or some of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/consent/answer.h"
#include "api/consent/scopes.h"
#include "api/fields.h"
#include "server/clock.h"
#include "server/http/reply.h"

#define LONGEST_US (366 * 86400 * INT64_C(1000000))

static const struct field fields[] = {
    {"consent_id", CONSENT_ANSWER_COLUMN_CONSENT_ID, FIELD_PLAIN},
    {"client_id", CONSENT_ANSWER_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"client_name", CONSENT_ANSWER_COLUMN_CLIENT_NAME, FIELD_PLAIN},
    {"client_kind", CONSENT_ANSWER_COLUMN_CLIENT_KIND, FIELD_PLAIN},
    {"scopes", CONSENT_ANSWER_COLUMN_SCOPES, FIELD_WORDS},
    {"purpose", CONSENT_ANSWER_COLUMN_PURPOSE, FIELD_PLAIN},
    {"granted_at", CONSENT_ANSWER_COLUMN_GRANTED_AT, FIELD_PLAIN},
    {"expires_at", CONSENT_ANSWER_COLUMN_EXPIRES_AT, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    int64_t now_us = clock_real_us();
    int64_t expires_at_us = request->args[GRANT_CONSENT_REQUEST_EXPIRES_AT].number;
    if (expires_at_us <= now_us || expires_at_us - now_us > LONGEST_US) {
        request_fault(request, ARG_BODY, "expires_at", expires_at_us <= now_us ? "too_small" : "too_large", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    answer_bind(request, request->args[GRANT_CONSENT_REQUEST_CONSENT_REQUEST_ID].uuid, now_us, call);
    call_uuid(call, CONSENT_ANSWER_PARAM_CONSENT_ID, uuid_make(uuid_key(request->principal.subject_id)));
    call_text(call, CONSENT_ANSWER_PARAM_SCOPES,
              scopes_join(request->arena, &request->args[GRANT_CONSENT_REQUEST_SCOPES]));
    call_instant(call, CONSENT_ANSWER_PARAM_EXPIRES_AT, expires_at_us);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = answer_problem(rows);
    if (problem == PROBLEM_VALIDATION_FAILED) {
        request_fault(request, ARG_BODY, "scopes", "not_allowed",
                      request->language == LANGUAGE_EN ? "Not more than was asked for." : "不能超出对方申请的范围。");
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    fields_write_body(FIELDS(fields), rows, reply);
    return PROBLEM_NONE;
}

const struct handler grant_consent_request_handler = {.bind = bind, .render = render};
