/* POST /v1/charges: charges an account, or holds money on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/payer.h"
#include "api/charges/payers.h"
#include "api/fields.h"
#include "api/money.h"
#include "server/http/look.h"

_Static_assert((int)CHARGE_CREATE_PARAM_WAIT == (int)SHARED_CHARGE_CREATE_PARAM_WAIT &&
                   (int)CHARGE_CREATE_COLUMN_STATUS == (int)SHARED_CHARGE_CREATE_COLUMN_STATUS &&
                   (int)CHARGE_CREATE_COLUMN_PAYERS == (int)SHARED_CHARGE_CREATE_COLUMN_PAYERS,
               "charge_create and shared_charge_create differ");

/* What bind leaves for proceed and render. */
struct charge {
    struct money money;
    uint64_t person_key;
    struct uuid account_id;
    bool has_account; /* else others pay all of it */
    bool is_nobody;   /* both numbers were given, and are not of one person for whom somebody in reach might pay */
};

static bool is_present(const struct request *request, int arg)
{
    return request->args[arg].present;
}

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

static void check(struct request *request)
{
    bool is_captured = request->args[CREATE_CHARGE_CAPTURE].number != 0;
    payer_check(request);
    money_check_number(request, "charge_no", request->args[CREATE_CHARGE_CHARGE_NO].text);
    if (is_captured == is_present(request, CREATE_CHARGE_EXPIRES_AT)) {
        refuse(request, "expires_at", is_captured ? "not_allowed" : "required");
    }
}

/* charge_create, or shared_charge_create with the same parameters. */
static void bind_charge(struct request *request, struct charge *charge, enum statement statement, struct call *call)
{
    const struct arg *args = request->args;
    const struct money *money = &charge->money;
    uint64_t person_key = charge->person_key;
    call_init(call, statement);
    call_uuid(call, CHARGE_CREATE_PARAM_CHARGE_ID, uuid_make(person_key));
    call_uuid(call, CHARGE_CREATE_PARAM_PROVIDER_ID, request->principal.subject_id);
    call_int(call, CHARGE_CREATE_PARAM_PERSON_KEY, (int64_t)person_key);
    if (charge->has_account) {
        call_uuid(call, CHARGE_CREATE_PARAM_ACCOUNT_ID, charge->account_id);
    }
    call_text(call, CHARGE_CREATE_PARAM_CHARGE_NO, args[CREATE_CHARGE_CHARGE_NO].text);
    call_text(call, CHARGE_CREATE_PARAM_USAGE, args[CREATE_CHARGE_USAGE].text);
    if (args[CREATE_CHARGE_ITEM].present) {
        call_text(call, CHARGE_CREATE_PARAM_ITEM, args[CREATE_CHARGE_ITEM].text);
    }
    call_int(call, CHARGE_CREATE_PARAM_AMOUNT_FEN, args[CREATE_CHARGE_AMOUNT_FEN].number);
    if (args[CREATE_CHARGE_EXPIRES_AT].present) {
        call_instant(call, CHARGE_CREATE_PARAM_EXPIRES_AT, args[CREATE_CHARGE_EXPIRES_AT].number);
    }
    call_date(call, CHARGE_CREATE_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, CHARGE_CREATE_PARAM_INSTANT, money->instant_us);
    call_text(call, CHARGE_CREATE_PARAM_KEY, money->key);
    call_bytea(call, CHARGE_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, CHARGE_CREATE_PARAM_CURRENT_YEAR_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, CHARGE_CREATE_PARAM_CARRIED_OVER_ENTRY_ID, uuid_make(person_key));
    call_uuid(call, CHARGE_CREATE_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, CHARGE_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, CHARGE_CREATE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, CHARGE_CREATE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
}

/* A dry run shows what a charge would: it is recorded, though nothing else of it is kept. */
static void record_dry_run(struct request *request, const struct charge *charge)
{
    request->look = request->is_dry_run;
    request->look_person_key = charge->person_key;
    if (charge->has_account) {
        request->look_object_id = charge->account_id;
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct charge *charge = arena_alloc(request->arena, sizeof *charge);
    if (charge == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = charge;
    check(request);
    enum problem problem = money_begin(request, CREATE_CHARGE_IDEMPOTENCY_KEY, CREATE_CHARGE_DRY_RUN, &charge->money);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    if (!is_present(request, CREATE_CHARGE_ACCOUNT_ID)) {
        return payer_search(request, charge->money.key, call);
    }
    charge->account_id = request->args[CREATE_CHARGE_ACCOUNT_ID].uuid;
    charge->has_account = true;
    charge->person_key = uuid_key(charge->account_id);
    bind_charge(request, charge, STATEMENT_CHARGE_CREATE, call);
    record_dry_run(request, charge);
    return PROBLEM_NONE;
}

/* A search that found nobody is recorded. What was asked before is answered as it was then, whoever is found now. */
static void found_account(struct request *request, const struct rows *rows, struct call *call)
{
    struct charge *charge = request->state;
    bool is_shared = row_bool(rows, 0, CHARGE_ACCOUNT_COLUMN_IS_SHARED);
    charge->has_account = !row_is_null(rows, 0, CHARGE_ACCOUNT_COLUMN_ACCOUNT_ID);
    charge->is_nobody = !charge->has_account && !is_shared && !row_bool(rows, 0, CHARGE_ACCOUNT_COLUMN_WAS_ASKED);
    if (charge->is_nobody) {
        look_bind(request, call);
        return;
    }
    if (charge->has_account) {
        charge->account_id = row_uuid(rows, 0, CHARGE_ACCOUNT_COLUMN_ACCOUNT_ID);
    } else if (!is_shared) {
        charge->account_id = uuid_make(uuid_random_key());
        charge->has_account = true; /* nobody's: for the answer that was given before */
    }
    charge->person_key = charge->has_account ? uuid_key(charge->account_id)
                                             : (uint64_t)row_int(rows, 0, CHARGE_ACCOUNT_COLUMN_PERSON_KEY);
    money_now(&charge->money);
    bind_charge(request, charge, is_shared ? STATEMENT_SHARED_CHARGE_CREATE : STATEMENT_CHARGE_CREATE, call);
    record_dry_run(request, charge);
}

/* Where the account does not suffice, and others might pay the rest, all of them are asked together. */
static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    struct charge *charge = request->state;
    if (rows->statement == STATEMENT_CHARGE_ACCOUNT) {
        found_account(request, rows, call);
    } else if (rows->statement == STATEMENT_CHARGE_CREATE &&
               payers_are_more(row_text(rows, 0, CHARGE_CREATE_COLUMN_STATUS))) {
        money_now(&charge->money);
        bind_charge(request, charge, STATEMENT_SHARED_CHARGE_CREATE, call);
    }
    return PROBLEM_NONE;
}

static void write_fen(struct json_writer *writer, const char *name, int64_t amount_fen)
{
    json_key(writer, name);
    json_int(writer, amount_fen);
}

static void write_as_asked(struct json_writer *writer, const struct request *request)
{
    const struct arg *args = request->args;
    json_key(writer, "usage");
    json_text(writer, args[CREATE_CHARGE_USAGE].text);
    json_key(writer, "item");
    if (args[CREATE_CHARGE_ITEM].present) {
        json_text(writer, args[CREATE_CHARGE_ITEM].text);
    } else {
        json_null_value(writer);
    }
    json_key(writer, "expires_at");
    if (args[CREATE_CHARGE_EXPIRES_AT].present) {
        json_instant(writer, args[CREATE_CHARGE_EXPIRES_AT].number);
    } else {
        json_null_value(writer);
    }
}

static void write_charge(struct json_writer *writer, const struct request *request, const struct rows *rows)
{
    static const struct field ids[] = {
        {"charge_id", CHARGE_CREATE_COLUMN_CHARGE_ID, FIELD_PLAIN},
        {"account_id", CHARGE_CREATE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    };
    static const struct field parts[] = {
        {"current_year_fen", CHARGE_CREATE_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
        {"carried_over_fen", CHARGE_CREATE_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    };
    static const struct field rest[] = {
        {"created_at", CHARGE_CREATE_COLUMN_CREATED_AT, FIELD_PLAIN},
        {"business_date", CHARGE_CREATE_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
        {"balance_after_fen", CHARGE_CREATE_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    };
    const struct arg *args = request->args;
    int64_t amount_fen = args[CREATE_CHARGE_AMOUNT_FEN].number;
    bool is_captured = args[CREATE_CHARGE_CAPTURE].number != 0;
    json_object_open(writer);
    fields_write(writer, FIELDS(ids), rows, 0);
    json_key(writer, "charge_no");
    json_text(writer, args[CREATE_CHARGE_CHARGE_NO].text);
    json_key(writer, "state");
    json_text(writer, is_captured ? SPAN("captured") : SPAN("held"));
    write_fen(writer, "amount_fen", amount_fen);
    write_fen(writer, "captured_fen", is_captured ? amount_fen : 0);
    fields_write(writer, FIELDS(parts), rows, 0);
    write_fen(writer, "refunded_fen", 0);
    write_as_asked(writer, request);
    fields_write(writer, FIELDS(rest), rows, 0);
    payers_write(writer, rows, CHARGE_CREATE_COLUMN_PAYERS, CHARGE_CREATE_COLUMN_ACCOUNT_ID, amount_fen,
                 is_captured ? amount_fen : 0);
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct charge *charge = request->state;
    if (charge->is_nobody) {
        return PROBLEM_NOT_FOUND;
    }
    enum problem problem = money_outcome(request, row_text(rows, 0, CHARGE_CREATE_COLUMN_STATUS),
                                         row_bool(rows, 0, CHARGE_CREATE_COLUMN_IS_REPLAYED), reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, CHARGE_CREATE_COLUMN_CHARGE_ID), id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_charge(&writer, request, rows);
    reply_created(reply, arena_printf(request->arena, "/v1/charges/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_charge_handler = {.bind = bind, .proceed = proceed, .render = render};
