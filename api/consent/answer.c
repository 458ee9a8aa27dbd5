/* A person's answer to what a client has asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/consent/answer.h"

void answer_bind(struct request *request, struct uuid consent_request_id, int64_t now_us, struct call *call)
{
    struct uuid person_id = request->principal.subject_id;
    call_init(call, STATEMENT_CONSENT_ANSWER);
    call_uuid(call, CONSENT_ANSWER_PARAM_PERSON_ID, person_id);
    call_int(call, CONSENT_ANSWER_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, CONSENT_ANSWER_PARAM_CONSENT_REQUEST_ID, consent_request_id);
    call_instant(call, CONSENT_ANSWER_PARAM_INSTANT, now_us);
    call_uuid(call, CONSENT_ANSWER_PARAM_EVENT_ID, uuid_make(uuid_key(person_id)));
    call_text(call, CONSENT_ANSWER_PARAM_REQUEST_ID, span_of(request->request_id));
}

enum problem answer_problem(const struct rows *rows)
{
    static const struct {
        const char *status;
        enum problem problem;
    } problems[] = {
        {"absent", PROBLEM_NOT_FOUND}, {"decided", PROBLEM_ALREADY_DECIDED},
        {"expired", PROBLEM_CONFLICT}, {"too_wide", PROBLEM_VALIDATION_FAILED},
        {"done", PROBLEM_NONE},
    };
    struct span status = row_text(rows, 0, CONSENT_ANSWER_COLUMN_STATUS);
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        if (span_equal(status, span_of(problems[i].status))) {
            return problems[i].problem;
        }
    }
    return PROBLEM_INTERNAL_ERROR;
}
