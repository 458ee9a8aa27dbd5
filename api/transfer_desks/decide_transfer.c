/* POST /v1/transfers/{transfer_id}/decisions: what the desk of the old or the new pool decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/people/numbers.h"
#include "api/states.h"

static const struct field fields[] = {
    {"transfer_id", TRANSFER_DECIDE_COLUMN_TRANSFER_ID, FIELD_PLAIN},
    {"desk", TRANSFER_DECIDE_COLUMN_DESK, FIELD_PLAIN},
    {"event", TRANSFER_DECIDE_COLUMN_EVENT, FIELD_PLAIN},
    {"way", TRANSFER_DECIDE_COLUMN_WAY, FIELD_PLAIN},
    {"state", TRANSFER_DECIDE_COLUMN_STATE, FIELD_PLAIN},
    {"entered_at", TRANSFER_DECIDE_COLUMN_ENTERED_AT, FIELD_PLAIN},
    {"due_on", TRANSFER_DECIDE_COLUMN_DUE_ON, FIELD_PLAIN},
    {"moves_on", TRANSFER_DECIDE_COLUMN_MOVES_ON, FIELD_PLAIN},
    {"months_moved", TRANSFER_DECIDE_COLUMN_MONTHS_MOVED, FIELD_PLAIN},
    {"amount_fen", TRANSFER_DECIDE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"current_year_fen", TRANSFER_DECIDE_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", TRANSFER_DECIDE_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"record_form", TRANSFER_DECIDE_COLUMN_RECORD_FORM, FIELD_JSON},
};

static const struct state_columns columns = {.status = TRANSFER_DECIDE_COLUMN_STATUS,
                                             .is_replayed = TRANSFER_DECIDE_COLUMN_IS_REPLAYED,
                                             .state = TRANSFER_DECIDE_COLUMN_STATE,
                                             .possible = TRANSFER_DECIDE_COLUMN_POSSIBLE};

/* Lower-case letters, digits and underscores after a letter, as state_change keeps it. */
static bool is_code(struct span code)
{
    for (size_t i = 0; i < code.length; i++) {
        char c = code.bytes[i];
        bool is_inner = i > 0 && ((c >= '0' && c <= '9') || c == '_');
        if (!(c >= 'a' && c <= 'z') && !is_inner) {
            return false;
        }
    }
    return true;
}

/* The reason and its words are there with a refusal and with nothing else. */
static void check(struct request *request)
{
    const struct arg *args = request->args;
    static const struct {
        int arg;
        const char *name;
    } words[] = {{DECIDE_TRANSFER_REASON_CODE, "reason_code"}, {DECIDE_TRANSFER_NOTE, "note"}};
    bool is_refused = span_equal(args[DECIDE_TRANSFER_DECISION].text, SPAN("refuse"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (args[words[i].arg].present != is_refused) {
            request_fault(request, ARG_BODY, words[i].name, is_refused ? "required" : "not_allowed", NULL);
        }
    }
    if (is_refused && args[DECIDE_TRANSFER_REASON_CODE].present && !is_code(args[DECIDE_TRANSFER_REASON_CODE].text)) {
        request_fault(request, ARG_BODY, "reason_code", "malformed", NULL);
    }
    if (is_refused && args[DECIDE_TRANSFER_NOTE].present && numbers_may_be_in(args[DECIDE_TRANSFER_NOTE].text)) {
        request_fault(request, ARG_BODY, "note", "not_allowed",
                      request->language == LANGUAGE_EN ? "No numbers of people in it, please."
                                                       : "请勿填写证件号、电话等号码。");
    }
}

static void bind_decision(const struct arg *args, struct call *call)
{
    call_text(call, TRANSFER_DECIDE_PARAM_DESK, args[DECIDE_TRANSFER_DESK].text);
    call_text(call, TRANSFER_DECIDE_PARAM_DECISION, args[DECIDE_TRANSFER_DECISION].text);
    if (args[DECIDE_TRANSFER_REASON_CODE].present) {
        call_text(call, TRANSFER_DECIDE_PARAM_REASON_CODE, args[DECIDE_TRANSFER_REASON_CODE].text);
    }
    if (args[DECIDE_TRANSFER_NOTE].present) {
        call_text(call, TRANSFER_DECIDE_PARAM_NOTE, args[DECIDE_TRANSFER_NOTE].text);
    }
    if (args[DECIDE_TRANSFER_MOVES_ON].present) {
        call_date(call, TRANSFER_DECIDE_PARAM_MOVES_ON, (int32_t)args[DECIDE_TRANSFER_MOVES_ON].number);
    }
}

static void bind_money(struct request *request, const struct money *money, uint64_t key, struct call *call)
{
    call_instant(call, TRANSFER_DECIDE_PARAM_INSTANT, money->instant_us);
    call_uuid(call, TRANSFER_DECIDE_PARAM_ENROLMENT_ID, uuid_make(key));
    call_uuid(call, TRANSFER_DECIDE_PARAM_ACCOUNT_ID, uuid_make(key));
    call_uuid(call, TRANSFER_DECIDE_PARAM_OPERATION_ID, uuid_make(key));
    call_text(call, TRANSFER_DECIDE_PARAM_KEY, money->key);
    call_bytea(call, TRANSFER_DECIDE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, TRANSFER_DECIDE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, TRANSFER_DECIDE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, TRANSFER_DECIDE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, TRANSFER_DECIDE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid transfer_id = request->args[DECIDE_TRANSFER_TRANSFER_ID].uuid;
    uint64_t key = uuid_key(transfer_id);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem = money == NULL
                               ? PROBLEM_INTERNAL_ERROR
                               : money_begin(request, DECIDE_TRANSFER_IDEMPOTENCY_KEY, DECIDE_TRANSFER_DRY_RUN, money);
    check(request);
    if (problem == PROBLEM_NONE && request->faults_count > 0) {
        problem = PROBLEM_VALIDATION_FAILED;
    }
    if (problem == PROBLEM_NONE && request->is_dry_run) {
        problem = access_ask(request, transfer_id); /* what it tells leaves a trace, as any look does */
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_TRANSFER_DECIDE);
    call_uuid(call, TRANSFER_DECIDE_PARAM_TRANSFER_ID, transfer_id);
    call_int(call, TRANSFER_DECIDE_PARAM_PERSON_KEY, (int64_t)key);
    access_bind_visible(request, call, TRANSFER_DECIDE_PARAM_VISIBLE);
    call_uuid(call, TRANSFER_DECIDE_PARAM_ACTOR_ID, request->principal.subject_id);
    bind_decision(request->args, call);
    bind_money(request, money, key, call);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (span_equal(row_text(rows, 0, TRANSFER_DECIDE_COLUMN_STATUS), SPAN("malformed"))) {
        request_fault(request, ARG_BODY, "moves_on", "not_allowed",
                      request->language == LANGUAGE_EN
                          ? "Only when the old pool lets go: the first day of the enrolment at the new pool, or a day "
                            "after the old one began and within 62 days."
                          : "只在转出时填写：转入地参保关系的第一天，或原参保关系开始之后、62 天以内的日期。");
        return PROBLEM_VALIDATION_FAILED;
    }
    enum problem problem = state_outcome(request, rows, &columns, reply);
    if (problem == PROBLEM_NONE) {
        fields_write_body(FIELDS(fields), rows, reply);
    }
    return problem;
}

const struct handler decide_transfer_handler = {.bind = bind, .render = render};
