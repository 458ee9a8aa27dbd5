/* POST /v1/accounts/{account_id}/family-members: the owner invites a relative to share an account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/member.h"
#include "api/identifiers/person_name.h"
#include "api/money.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "api/sign_in/attempt.h"
#include "api/words.h"

struct named {
    struct span number_hash, name_hash;
};

/* False when the process is at fault, not the caller. */
static bool read_named(struct request *request, int number_arg, int name_arg, const char *number_name, const char *name,
                       struct named *named)
{
    struct citizen_number number;
    const struct arg *args = request->args;
    bool is_number = numbers_read_citizen(request, number_name, args[number_arg].text, &number);
    bool is_hashed = !is_number || numbers_hash_citizen(request, &number, &named->number_hash);
    explicit_bzero(&number, sizeof number);
    if (!person_name_is_valid(args[name_arg].text)) {
        request_fault(request, ARG_BODY, name, "malformed", NULL);
    }
    return is_hashed && sealed_hash_items(request, KEY_HASH_NAME, args[name_arg].text, &named->name_hash);
}

static enum problem read_guardian(struct request *request, struct named *guardian)
{
    bool has_number = request->args[CREATE_FAMILY_MEMBER_GUARDIAN_CITIZEN_NUMBER].present;
    bool has_name = request->args[CREATE_FAMILY_MEMBER_GUARDIAN_NAME].present;
    if (has_number != has_name) {
        request_fault(request, ARG_BODY, has_number ? "guardian_name" : "guardian_citizen_number", "required", NULL);
        return PROBLEM_NONE;
    }
    return !has_number ||
                   read_named(request, CREATE_FAMILY_MEMBER_GUARDIAN_CITIZEN_NUMBER, CREATE_FAMILY_MEMBER_GUARDIAN_NAME,
                              "guardian_citizen_number", "guardian_name", guardian)
               ? PROBLEM_NONE
               : PROBLEM_INTERNAL_ERROR;
}

static enum problem read_people(struct request *request, struct named *relative, struct named *guardian)
{
    if (!read_named(request, CREATE_FAMILY_MEMBER_CITIZEN_NUMBER, CREATE_FAMILY_MEMBER_NAME, "citizen_number", "name",
                    relative)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = read_guardian(request, guardian);
    return problem == PROBLEM_NONE && request->faults_count > 0 ? PROBLEM_VALIDATION_FAILED : problem;
}

static void bind_named(struct call *call, const struct named *relative, const struct named *guardian)
{
    call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_NUMBER_HASH, relative->number_hash);
    call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_NAME_HASH, relative->name_hash);
    if (guardian->number_hash.length > 0) {
        call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_GUARDIAN_HASH, guardian->number_hash);
        call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_GUARDIAN_NAME_HASH, guardian->name_hash);
    }
}

static void bind_limits(struct request *request, struct call *call)
{
    static const struct {
        int arg, param;
    } limits[] = {
        {CREATE_FAMILY_MEMBER_CHARGE_LIMIT_FEN, FAMILY_MEMBER_CREATE_PARAM_CHARGE_LIMIT_FEN},
        {CREATE_FAMILY_MEMBER_MONTH_LIMIT_FEN, FAMILY_MEMBER_CREATE_PARAM_MONTH_LIMIT_FEN},
        {CREATE_FAMILY_MEMBER_YEAR_LIMIT_FEN, FAMILY_MEMBER_CREATE_PARAM_YEAR_LIMIT_FEN},
    };
    const struct arg *args = request->args;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (args[limits[i].arg].present) {
            call_int(call, limits[i].param, args[limits[i].arg].number);
        }
    }
    if (args[CREATE_FAMILY_MEMBER_USAGES].present) {
        call_text(call, FAMILY_MEMBER_CREATE_PARAM_USAGES,
                  words_join(request->arena, &args[CREATE_FAMILY_MEMBER_USAGES]));
    }
}

/* By whom guesses are counted, wherever they sit. */
static bool bind_source(struct request *request, struct call *call)
{
    char id[UUID_TEXT_LENGTH + 1];
    uint8_t *source = arena_alloc(request->arena, KEYED_HASH_BYTES);
    uuid_format(request->principal.subject_id, id);
    if (source == NULL || !attempt_hash("person", span_of(id), source)) {
        return false;
    }
    call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_SOURCE, attempt_span(source));
    return true;
}

static void bind_answer(struct request *request, const struct money *money, uint64_t key, struct call *call)
{
    call_uuid(call, FAMILY_MEMBER_CREATE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_instant(call, FAMILY_MEMBER_CREATE_PARAM_INSTANT, money->instant_us);
    call_instant(call, FAMILY_MEMBER_CREATE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, FAMILY_MEMBER_CREATE_PARAM_KEY, money->key);
    call_bytea(call, FAMILY_MEMBER_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, FAMILY_MEMBER_CREATE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, FAMILY_MEMBER_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[CREATE_FAMILY_MEMBER_ACCOUNT_ID].uuid;
    uint64_t key = uuid_key(account_id);
    struct named relative = {0}, guardian = {0};
    struct money *money = arena_alloc(request->arena, sizeof *money);
    if (money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = money_begin(request, CREATE_FAMILY_MEMBER_IDEMPOTENCY_KEY, -1, money);
    if (problem == PROBLEM_NONE) {
        problem = read_people(request, &relative, &guardian);
    }
    if (problem == PROBLEM_NONE && request->principal.kind == PRINCIPAL_CITIZEN) {
        problem = access_ask(request, account_id);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_FAMILY_MEMBER_CREATE);
    call_uuid(call, FAMILY_MEMBER_CREATE_PARAM_FAMILY_MEMBER_ID, uuid_make(key));
    call_int(call, FAMILY_MEMBER_CREATE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, FAMILY_MEMBER_CREATE_PARAM_ACCOUNT_ID, account_id);
    member_bind_asker(request, call, FAMILY_MEMBER_CREATE_PARAM_ASKER_KEY, FAMILY_MEMBER_CREATE_PARAM_VISIBLE);
    call_text(call, FAMILY_MEMBER_CREATE_PARAM_RELATION, request->args[CREATE_FAMILY_MEMBER_RELATION].text);
    bind_named(call, &relative, &guardian);
    bind_limits(request, call);
    bind_answer(request, money, key, call);
    return bind_source(request, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static enum problem render_refusal(struct request *request, const struct rows *rows, struct span status,
                                   struct reply *reply)
{
    if (span_equal(status, SPAN("oneself"))) {
        request_fault(request, ARG_BODY, "citizen_number", "not_allowed",
                      request->language == LANGUAGE_EN ? "Nobody is a member of their own account."
                                                       : "不能把本人添加为共济成员。");
        return PROBLEM_VALIDATION_FAILED;
    }
    if (span_equal(status, SPAN("too_many_attempts"))) {
        return attempt_closed(request, reply, row_int(rows, 0, FAMILY_MEMBER_CREATE_COLUMN_RETRY_AFTER_S));
    }
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, FAMILY_MEMBER_CREATE_COLUMN_STATUS);
    enum problem problem = render_refusal(request, rows, status, reply);
    if (problem == PROBLEM_NONE) {
        problem = money_outcome(request, status, row_bool(rows, 0, FAMILY_MEMBER_CREATE_COLUMN_IS_REPLAYED), reply);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, FAMILY_MEMBER_CREATE_COLUMN_FAMILY_MEMBER_ID), id);
    reply_created(reply, arena_printf(request->arena, "/v1/family-members/%s", id));
    return member_write_body(request, rows, FAMILY_MEMBER_CREATE_COLUMN_FAMILY_MEMBER_ID, reply);
}

const struct handler create_family_member_handler = {.bind = bind, .render = render};
