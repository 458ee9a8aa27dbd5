/* GET /v1/payout-files/{payout_file_id}/content: the file for the bank, with names and card numbers in full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/payouts/content.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/log.h"

static void check_note(struct request *request, const struct arg *note)
{
    if (!note->present && span_equal(request->args[GET_PAYOUT_FILE_CONTENT_PURPOSE].text, SPAN("other"))) {
        request_fault(request, ARG_QUERY, "note", "required", NULL);
    }
    if (note->present && numbers_may_be_in(note->text)) {
        request_fault(request, ARG_QUERY, "note", "not_allowed",
                      request->language == LANGUAGE_EN ? "Leave out numbers of people: it is kept in the log."
                                                       : "请勿填写证件、电话等号码：说明将写入日志。");
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *note = &request->args[GET_PAYOUT_FILE_CONTENT_NOTE];
    check_note(request, note);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_PAYOUT_FILE_CONTENT);
    call_uuid(call, PAYOUT_FILE_CONTENT_PARAM_PAYOUT_FILE_ID,
              request->args[GET_PAYOUT_FILE_CONTENT_PAYOUT_FILE_ID].uuid);
    access_bind_visible(request, call, PAYOUT_FILE_CONTENT_PARAM_VISIBLE);
    call_text(call, PAYOUT_FILE_CONTENT_PARAM_PURPOSE, request->args[GET_PAYOUT_FILE_CONTENT_PURPOSE].text);
    if (note->present) {
        call_text(call, PAYOUT_FILE_CONTENT_PARAM_NOTE, note->text);
    }
    call_uuid(call, PAYOUT_FILE_CONTENT_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_instant(call, PAYOUT_FILE_CONTENT_PARAM_INSTANT, clock_real_us());
    call_text(call, PAYOUT_FILE_CONTENT_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

/* The bank is told the hash by another way: a file that is another one than was made must not leave. */
static bool is_as_made(struct request *request, const struct rows *rows, struct span content)
{
    struct span made;
    char hash[PAYOUT_HASH_HEX + 1];
    return sealed_open(request, "payout_file.content_hash", request->args[GET_PAYOUT_FILE_CONTENT_PAYOUT_FILE_ID].uuid,
                       row_text(rows, 0, PAYOUT_FILE_CONTENT_COLUMN_CONTENT_HASH_SEALED), &made) &&
           payout_content_hash(content, hash) && span_equal(made, span_of(hash));
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    if (!payout_content_write(request, rows, &reply->body)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (!is_as_made(request, rows, text_span(&reply->body))) {
        LOG(LOG_ERROR, "payout_file_differs", LOG_TEXT("request_id", span_of(request->request_id)));
        return PROBLEM_INTERNAL_ERROR;
    }
    return PROBLEM_NONE;
}

const struct handler get_payout_file_content_handler = {.bind = bind, .render = render};
