/* POST /v1/admin/people/{person_id}/enrolments/{enrolment_id}/corrections: proposes to put an enrolment right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"
#include "server/clock.h"

/* Fields that may be taken away, and the arguments that would set them. */
static const char *const clearable[] = {"ended_on", "retired_on", "employer_code", "exempt_group"};
static const int clearable_args[] = {PROPOSE_ENROLMENT_CORRECTION_ENDED_ON, PROPOSE_ENROLMENT_CORRECTION_RETIRED_ON,
                                     PROPOSE_ENROLMENT_CORRECTION_EMPLOYER_CODE,
                                     PROPOSE_ENROLMENT_CORRECTION_EXEMPT_GROUP};

static const struct {
    int arg, param;
} texts[] = {
    {PROPOSE_ENROLMENT_CORRECTION_STATUS, ENROLMENT_CORRECTION_PROPOSE_PARAM_STATUS},
    {PROPOSE_ENROLMENT_CORRECTION_EMPLOYER_CODE, ENROLMENT_CORRECTION_PROPOSE_PARAM_EMPLOYER_CODE},
    {PROPOSE_ENROLMENT_CORRECTION_ACCOUNT_MODE, ENROLMENT_CORRECTION_PROPOSE_PARAM_ACCOUNT_MODE},
    {PROPOSE_ENROLMENT_CORRECTION_PAYER_KIND, ENROLMENT_CORRECTION_PROPOSE_PARAM_PAYER_KIND},
    {PROPOSE_ENROLMENT_CORRECTION_EXEMPT_GROUP, ENROLMENT_CORRECTION_PROPOSE_PARAM_EXEMPT_GROUP},
};

/* As table enrolment has it: a small letter, then letters, digits and underscores. */
static bool is_group(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '_';
        if (!is_letter && (i == 0 || !is_other)) {
            return false;
        }
    }
    return true;
}

static void bind_date(struct request *request, struct call *call, int arg, const char *name, int param)
{
    const struct arg *date = &request->args[arg];
    if (date->present && date->number > clock_date_of(clock_business_us())) {
        request_fault(request, ARG_BODY, name, "too_large", NULL);
    } else if (date->present) {
        call_date(call, param, (int32_t)date->number);
    }
}

static void bind_values(struct request *request, struct call *call)
{
    bool is_anything_asked = request->args[PROPOSE_ENROLMENT_CORRECTION_ENDED_ON].present ||
                             request->args[PROPOSE_ENROLMENT_CORRECTION_RETIRED_ON].present ||
                             request->args[PROPOSE_ENROLMENT_CORRECTION_CLEAR].present;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct arg *text = &request->args[texts[i].arg];
        if (text->present) {
            call_text(call, texts[i].param, text->text);
            is_anything_asked = true;
        }
    }
    if (!is_anything_asked) {
        request_fault(request, ARG_BODY, NULL, "required", NULL);
    }
    bind_date(request, call, PROPOSE_ENROLMENT_CORRECTION_ENDED_ON, "ended_on",
              ENROLMENT_CORRECTION_PROPOSE_PARAM_ENDED_ON);
    bind_date(request, call, PROPOSE_ENROLMENT_CORRECTION_RETIRED_ON, "retired_on",
              ENROLMENT_CORRECTION_PROPOSE_PARAM_RETIRED_ON);
    const struct arg *group = &request->args[PROPOSE_ENROLMENT_CORRECTION_EXEMPT_GROUP];
    if (group->present && !is_group(group->text)) {
        request_fault(request, ARG_BODY, "exempt_group", "malformed", NULL);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid person_id = args[PROPOSE_ENROLMENT_CORRECTION_PERSON_ID].uuid;
    uint64_t key = uuid_key(person_id);
    call_init(call, STATEMENT_ENROLMENT_CORRECTION_PROPOSE);
    bind_values(request, call);
    propose_check_reason(request, &args[PROPOSE_ENROLMENT_CORRECTION_REASON]);
    propose_check_cleared(request, &args[PROPOSE_ENROLMENT_CORRECTION_CLEAR], clearable, clearable_args,
                          sizeof clearable / sizeof *clearable);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_uuid(call, ENROLMENT_CORRECTION_PROPOSE_PARAM_PROPOSAL_ID, uuid_make(key));
    call_int(call, ENROLMENT_CORRECTION_PROPOSE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, ENROLMENT_CORRECTION_PROPOSE_PARAM_PERSON_ID, person_id);
    call_uuid(call, ENROLMENT_CORRECTION_PROPOSE_PARAM_ENROLMENT_ID,
              args[PROPOSE_ENROLMENT_CORRECTION_ENROLMENT_ID].uuid);
    access_bind_visible(request, call, ENROLMENT_CORRECTION_PROPOSE_PARAM_VISIBLE);
    propose_bind_cleared(request, call, ENROLMENT_CORRECTION_PROPOSE_PARAM_CLEARED,
                         &args[PROPOSE_ENROLMENT_CORRECTION_CLEAR]);
    call_uuid(call, ENROLMENT_CORRECTION_PROPOSE_PARAM_ACCOUNT_ID, uuid_make(key));
    propose_bind(request, call, ENROLMENT_CORRECTION_PROPOSE_PARAM_REASON, key,
                 &args[PROPOSE_ENROLMENT_CORRECTION_REASON], &args[PROPOSE_ENROLMENT_CORRECTION_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct {
        const char *status, *code;
    } faults[] = {
        {"ended_on", "not_allowed"},   {"retired_on", "not_allowed"}, {"account_mode", "not_allowed"},
        {"payer_kind", "not_allowed"}, {"employer_code", "unknown"},
    };
    struct span status = row_text(rows, 0, ENROLMENT_CORRECTION_PROPOSE_COLUMN_STATUS);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (span_equal(status, span_of(faults[i].status))) {
            request_fault(request, ARG_BODY, faults[i].status, faults[i].code, NULL);
            return PROBLEM_VALIDATION_FAILED;
        }
    }
    return proposal_render(request, rows, reply);
}

const struct handler propose_enrolment_correction_handler = {.bind = bind, .render = render};
