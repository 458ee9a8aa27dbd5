/* POST /v1/admin/people/{person_id}/merge-proposals: proposes that another record is the same person's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid person_id = args[PROPOSE_MERGE_PERSON_ID].uuid;
    struct uuid duplicate_id = args[PROPOSE_MERGE_DUPLICATE_PERSON_ID].uuid;
    uint64_t key = uuid_key(person_id);
    propose_check_reason(request, &args[PROPOSE_MERGE_REASON]);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_MERGE_PROPOSE);
    call_uuid(call, MERGE_PROPOSE_PARAM_PROPOSAL_ID, uuid_make(key));
    call_int(call, MERGE_PROPOSE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, MERGE_PROPOSE_PARAM_PERSON_ID, person_id);
    call_int(call, MERGE_PROPOSE_PARAM_DUPLICATE_KEY, (int64_t)uuid_key(duplicate_id));
    call_uuid(call, MERGE_PROPOSE_PARAM_DUPLICATE_ID, duplicate_id);
    const struct arg *confirm = &args[PROPOSE_MERGE_CONFIRM_DIFFERENCES];
    call_bool(call, MERGE_PROPOSE_PARAM_IS_CONFIRMED, confirm->present && confirm->number != 0);
    access_bind_visible(request, call, MERGE_PROPOSE_PARAM_VISIBLE);
    propose_bind(request, call, MERGE_PROPOSE_PARAM_REASON, key, &args[PROPOSE_MERGE_REASON],
                 &args[PROPOSE_MERGE_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, MERGE_PROPOSE_COLUMN_STATUS);
    bool is_itself = span_equal(status, SPAN("itself"));
    if (is_itself || span_equal(status, SPAN("unknown_duplicate"))) {
        request_fault(request, ARG_BODY, "duplicate_person_id", is_itself ? "not_allowed" : "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    if (span_equal(status, SPAN("differs"))) {
        request_fault(request, ARG_BODY, "confirm_differences", "required",
                      request->language == LANGUAGE_EN ? "Birth date or sex differ. Confirm that it is one person."
                                                       : "出生日期或性别不同，请确认是同一个人。");
        return PROBLEM_VALIDATION_FAILED;
    }
    return proposal_render(request, rows, reply);
}

const struct handler propose_merge_handler = {.bind = bind, .render = render};
