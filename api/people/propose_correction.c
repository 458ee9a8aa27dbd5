/* POST /v1/admin/people/{person_id}/corrections: proposes to put a person's record right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/people/correction.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"

/* Fields that may be taken away, and the arguments that would set them. */
static const char *const clearable[] = {"phone", "card_number", "bank_card", "deceased_on"};
static const int clearable_args[] = {PROPOSE_CORRECTION_PHONE, PROPOSE_CORRECTION_CARD_NUMBER,
                                     PROPOSE_CORRECTION_BANK_CARD, PROPOSE_CORRECTION_DECEASED_ON};

static bool is_anything_asked(const struct request *request)
{
    static const int args[] = {
        PROPOSE_CORRECTION_NAME,
        PROPOSE_CORRECTION_PHONE,
        PROPOSE_CORRECTION_CITIZEN_NUMBER,
        PROPOSE_CORRECTION_CERTIFICATE_KIND,
        PROPOSE_CORRECTION_CERTIFICATE_NUMBER,
        PROPOSE_CORRECTION_CARD_NUMBER,
        PROPOSE_CORRECTION_BANK_CARD,
        PROPOSE_CORRECTION_BIRTH_DATE,
        PROPOSE_CORRECTION_SEX,
        PROPOSE_CORRECTION_DECEASED_ON,
        PROPOSE_CORRECTION_CLEAR,
    };
    for (size_t i = 0; i < sizeof args / sizeof *args; i++) {
        if (request->args[args[i]].present) {
            return true;
        }
    }
    return false;
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid person_id = args[PROPOSE_CORRECTION_PERSON_ID].uuid;
    struct uuid proposal_id = uuid_make(uuid_key(person_id));
    call_init(call, STATEMENT_PERSON_CORRECTION_PROPOSE);
    if (!correction_bind(request, call, person_id, proposal_id)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    propose_check_reason(request, &args[PROPOSE_CORRECTION_REASON]);
    propose_check_cleared(request, &args[PROPOSE_CORRECTION_CLEAR], clearable, clearable_args,
                          sizeof clearable / sizeof *clearable);
    if (!is_anything_asked(request)) {
        request_fault(request, ARG_BODY, NULL, "required", NULL);
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_uuid(call, PERSON_CORRECTION_PROPOSE_PARAM_PROPOSAL_ID, proposal_id);
    call_int(call, PERSON_CORRECTION_PROPOSE_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_CORRECTION_PROPOSE_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_CORRECTION_PROPOSE_PARAM_VISIBLE);
    propose_bind_cleared(request, call, PERSON_CORRECTION_PROPOSE_PARAM_CLEARED, &args[PROPOSE_CORRECTION_CLEAR]);
    propose_bind(request, call, PERSON_CORRECTION_PROPOSE_PARAM_REASON, uuid_key(person_id),
                 &args[PROPOSE_CORRECTION_REASON], &args[PROPOSE_CORRECTION_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

/* A day that does not fit the others is a fault of what brought it: the field, or the number it follows from. */
static const char *culprit(const struct request *request, struct span status)
{
    if (span_equal(status, SPAN("deceased_on")) && request->args[PROPOSE_CORRECTION_DECEASED_ON].present) {
        return "deceased_on";
    }
    if (span_equal(status, SPAN("deceased_on")) || span_equal(status, SPAN("birth_date"))) {
        return request->args[PROPOSE_CORRECTION_BIRTH_DATE].present ? "birth_date" : "citizen_number";
    }
    return NULL;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const char *field = culprit(request, row_text(rows, 0, PERSON_CORRECTION_PROPOSE_COLUMN_STATUS));
    if (field != NULL) {
        request_fault(request, ARG_BODY, field, "not_allowed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    return proposal_render(request, rows, reply);
}

const struct handler propose_correction_handler = {.bind = bind, .render = render};
