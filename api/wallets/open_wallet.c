/* POST /v1/people/{person_id}/wallet: opens the wallet, by the person, a minor's guardian or an operator. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/money.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[OPEN_WALLET_PERSON_ID].uuid;
    uint64_t key = uuid_key(person_id);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem =
        money == NULL ? PROBLEM_INTERNAL_ERROR : money_begin(request, OPEN_WALLET_IDEMPOTENCY_KEY, -1, money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_OPEN);
    call_int(call, WALLET_OPEN_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, WALLET_OPEN_PARAM_PERSON_ID, person_id);
    if (request->principal.kind == PRINCIPAL_CITIZEN) {
        call_int(call, WALLET_OPEN_PARAM_CALLER_KEY, (int64_t)uuid_key(request->principal.subject_id));
    }
    access_bind_visible(request, call, WALLET_OPEN_PARAM_VISIBLE);
    call_uuid(call, WALLET_OPEN_PARAM_ACCOUNT_ID, uuid_make(key));
    call_instant(call, WALLET_OPEN_PARAM_INSTANT, money->instant_us);
    call_uuid(call, WALLET_OPEN_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, WALLET_OPEN_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_text(call, WALLET_OPEN_PARAM_KEY, money->key);
    call_bytea(call, WALLET_OPEN_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, WALLET_OPEN_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, WALLET_OPEN_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, WALLET_OPEN_PARAM_REAL_INSTANT, money->real_us);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct field ids[] = {
        {"account_id", WALLET_OPEN_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
        {"person_id", WALLET_OPEN_COLUMN_PERSON_ID, FIELD_PLAIN},
        {"opened_at", WALLET_OPEN_COLUMN_OPENED_AT, FIELD_PLAIN},
    };
    enum problem problem = money_outcome(request, row_text(rows, 0, WALLET_OPEN_COLUMN_STATUS),
                                         row_bool(rows, 0, WALLET_OPEN_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, WALLET_OPEN_COLUMN_ACCOUNT_ID), id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(ids), rows, 0);
    json_key(&writer, "region_code");
    json_text(&writer, SPAN("000000"));
    json_key(&writer, "status");
    json_text(&writer, SPAN("spend_only"));
    json_object_close(&writer);
    reply_created(reply, arena_printf(request->arena, "/v1/accounts/%s", id));
    return PROBLEM_NONE;
}

const struct handler open_wallet_handler = {.bind = bind, .render = render};
