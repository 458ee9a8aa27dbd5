/* POST /v1/transfers/{transfer_id}/cancellation: takes an application back, and everything that came of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/propose.h"
#include "api/states.h"
#include "api/transfers/transfer.h"

static void bind_cancellation(struct request *request, const struct money *money, struct call *call)
{
    struct uuid transfer_id = request->args[CANCEL_TRANSFER_TRANSFER_ID].uuid;
    uint64_t key = uuid_key(transfer_id);
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    call_init(call, STATEMENT_TRANSFER_CANCEL);
    call_uuid(call, TRANSFER_CANCEL_PARAM_TRANSFER_ID, transfer_id);
    call_int(call, TRANSFER_CANCEL_PARAM_PERSON_KEY, (int64_t)key);
    access_bind_visible(request, call, TRANSFER_CANCEL_PARAM_VISIBLE);
    call_text(call, TRANSFER_CANCEL_PARAM_WHO, is_citizen ? SPAN("person") : SPAN("staff"));
    call_text(call, TRANSFER_CANCEL_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_uuid(call, TRANSFER_CANCEL_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, TRANSFER_CANCEL_PARAM_NOTE, request->args[CANCEL_TRANSFER_REASON].text);
    call_instant(call, TRANSFER_CANCEL_PARAM_INSTANT, money->instant_us);
    call_text(call, TRANSFER_CANCEL_PARAM_KEY, money->key);
    call_bytea(call, TRANSFER_CANCEL_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, TRANSFER_CANCEL_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, TRANSFER_CANCEL_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, TRANSFER_CANCEL_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, TRANSFER_CANCEL_PARAM_HASH_ALGORITHM, money->hash_algorithm);
    call_date(call, TRANSFER_CANCEL_PARAM_BUSINESS_DATE, money->business_date);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money = arena_alloc(request->arena, sizeof *money);
    if (money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    propose_check_reason(request, &request->args[CANCEL_TRANSFER_REASON]);
    enum problem problem = money_begin(request, CANCEL_TRANSFER_IDEMPOTENCY_KEY, CANCEL_TRANSFER_DRY_RUN, money);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    struct uuid transfer_id = request->args[CANCEL_TRANSFER_TRANSFER_ID].uuid;
    bool is_own = uuid_key(transfer_id) == uuid_key(request->principal.subject_id);
    if (request->principal.kind == PRINCIPAL_CITIZEN && !is_own) {
        return PROBLEM_NOT_FOUND;
    }
    if (request->is_dry_run) {
        problem = access_ask(request, transfer_id); /* what it shows leaves a trace, as any look does */
    }
    if (problem == PROBLEM_NONE) {
        bind_cancellation(request, money, call);
    }
    return problem;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {.status = TRANSFER_CANCEL_COLUMN_STATUS,
                                                 .is_replayed = TRANSFER_CANCEL_COLUMN_IS_REPLAYED,
                                                 .state = TRANSFER_CANCEL_COLUMN_REFUSED_STATE,
                                                 .possible = TRANSFER_CANCEL_COLUMN_REFUSED_POSSIBLE};
    enum problem problem = state_outcome(request, rows, &columns, reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    return transfer_write(request, rows, 0, TRANSFER_CANCEL_COLUMN_TRANSFER_ID, &writer) ? PROBLEM_NONE
                                                                                         : PROBLEM_INTERNAL_ERROR;
}

const struct handler cancel_transfer_handler = {.bind = bind, .render = render};
