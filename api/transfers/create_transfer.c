/* POST /v1/transfers: applies to move the insurance relation to another pool or scheme, or tells what it would be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/identifiers/bank_card.h"
#include "api/money.h"
#include "api/sealed.h"
#include "api/transfers/plan.h"
#include "api/transfers/transfer.h"

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

static void check(struct request *request)
{
    const struct arg *bank_card = &request->args[CREATE_TRANSFER_BANK_CARD];
    if (request->principal.kind != PRINCIPAL_CITIZEN && !request->args[CREATE_TRANSFER_PERSON_ID].present) {
        refuse(request, "person_id", "required");
    }
    if (bank_card->present && !bank_card_is_valid(bank_card->text)) {
        refuse(request, "bank_card", "malformed");
    }
}

static bool bind_bank_card(struct request *request, struct uuid transfer_id, struct call *call)
{
    const struct arg *bank_card = &request->args[CREATE_TRANSFER_BANK_CARD];
    struct span sealed;
    if (!bank_card->present) {
        return true;
    }
    if (!sealed_make(request, "transfer.bank_card", transfer_id, bank_card->text, &sealed)) {
        return false;
    }
    call_bytea(call, TRANSFER_APPLY_PARAM_BANK_CARD_SEALED, sealed);
    return true;
}

static enum problem bind_application(struct request *request, struct uuid person_id, const struct money *money,
                                     struct call *call)
{
    const struct arg *args = request->args;
    uint64_t key = uuid_key(person_id);
    struct uuid transfer_id = uuid_make(key);
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    call_init(call, STATEMENT_TRANSFER_APPLY);
    call_uuid(call, TRANSFER_APPLY_PARAM_TRANSFER_ID, transfer_id);
    call_int(call, TRANSFER_APPLY_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, TRANSFER_APPLY_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, TRANSFER_APPLY_PARAM_VISIBLE);
    call_text(call, TRANSFER_APPLY_PARAM_TO_REGION_CODE, args[CREATE_TRANSFER_TO_POOL_CODE].text);
    call_text(call, TRANSFER_APPLY_PARAM_TO_SCHEME, transfer_to_scheme(request));
    call_text(call, TRANSFER_APPLY_PARAM_WHO, is_citizen ? SPAN("person") : SPAN("staff"));
    call_text(call, TRANSFER_APPLY_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_uuid(call, TRANSFER_APPLY_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_date(call, TRANSFER_APPLY_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, TRANSFER_APPLY_PARAM_INSTANT, money->instant_us);
    call_text(call, TRANSFER_APPLY_PARAM_KEY, money->key);
    call_bytea(call, TRANSFER_APPLY_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, TRANSFER_APPLY_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, TRANSFER_APPLY_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, TRANSFER_APPLY_PARAM_REAL_INSTANT, money->real_us);
    return bind_bank_card(request, transfer_id, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money = arena_alloc(request->arena, sizeof *money);
    if (money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    check(request);
    enum problem problem = money_begin(request, CREATE_TRANSFER_IDEMPOTENCY_KEY, CREATE_TRANSFER_DRY_RUN, money);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    const struct arg *named = &request->args[CREATE_TRANSFER_PERSON_ID];
    struct uuid person_id = named->present ? named->uuid : request->principal.subject_id;
    if (request->principal.kind == PRINCIPAL_CITIZEN && !uuid_equal(person_id, request->principal.subject_id)) {
        return PROBLEM_NOT_FOUND;
    }
    return request->is_dry_run ? transfer_plan_bind(request, person_id, call)
                               : bind_application(request, person_id, money, call);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->statement == STATEMENT_TRANSFER_PLAN) {
        return transfer_plan_render(request, rows, reply);
    }
    struct span status = row_text(rows, 0, TRANSFER_APPLY_COLUMN_STATUS);
    if (span_equal(status, SPAN("malformed"))) {
        refuse(request, "to_pool_code", "unknown");
        return PROBLEM_VALIDATION_FAILED;
    }
    enum problem problem = money_outcome(request, status, row_bool(rows, 0, TRANSFER_APPLY_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, TRANSFER_APPLY_COLUMN_TRANSFER_ID), id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    if (!transfer_write(request, rows, 0, TRANSFER_APPLY_COLUMN_TRANSFER_ID, &writer)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    reply_created(reply, arena_printf(request->arena, "/v1/transfers/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_transfer_handler = {.bind = bind, .render = render};
