/* GET /v1/accounts/{account_id}/withdrawal-eligibility: for each reason what it needs, and what of it is there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/withdrawals/shown.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"account_id", WITHDRAWAL_ELIGIBILITY_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"person_id", WITHDRAWAL_ELIGIBILITY_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"region_code", WITHDRAWAL_ELIGIBILITY_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"account_status", WITHDRAWAL_ELIGIBILITY_COLUMN_ACCOUNT_STATUS, FIELD_PLAIN},
    {"balance_fen", WITHDRAWAL_ELIGIBILITY_COLUMN_BALANCE_FEN, FIELD_PLAIN},
    {"held_fen", WITHDRAWAL_ELIGIBILITY_COLUMN_HELD_FEN, FIELD_PLAIN},
    {"wallet_pending_fen", WITHDRAWAL_ELIGIBILITY_COLUMN_WALLET_PENDING_FEN, FIELD_PLAIN},
    {"receivable_fen", WITHDRAWAL_ELIGIBILITY_COLUMN_RECEIVABLE_FEN, FIELD_PLAIN},
    {"withdrawal_id", WITHDRAWAL_ELIGIBILITY_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"transfer_id", WITHDRAWAL_ELIGIBILITY_COLUMN_TRANSFER_ID, FIELD_PLAIN},
};

#define BLOCKS_APPROVAL "nothing_is_held"

/* The codes of db/functions/200_withdrawal_conditions.sql and of the statement. */
static const struct {
    const char *code, *zh, *en;
} words[] = {
    {"account_may_give", "账户状态允许支取", "The account's status allows a withdrawal"},
    {"no_withdrawal_under_way", "没有正在办理的支取", "No other withdrawal of the account is under way"},
    {"no_transfer_under_way", "没有正在办理的转移", "No transfer of the account is under way"},
    {"money_is_there", "账户有余额", "There is money in the account"},
    {"nothing_is_held", "没有未完成的预扣和钱包转账；批准之前须结束",
     "No money is held or on its way to a wallet; this has to be over before it is approved"},
    {"applied_for_at_agency", "由经办机构代为申请", "The agency applies: ask at its window"},
    {"person_has_died", "已登记去世日期", "The day of death is on record"},
    {"person_is_alive", "本人健在", "The person is alive"},
    {"is_no_citizen", "证件不是居民身份证", "The person's certificate is not a citizen identity card"},
    {"employment_is_over", "职工医保参保已终止", "No employee enrolment is in force any more"},
    {"is_retired_here", "在本统筹区已办理医保退休", "The person has retired in medical insurance in this pool"},
    {"pool_allows_it", "参保地允许转为居民医保后支取", "The pool lets who moves to the resident scheme withdraw"},
    {"is_insured_as_resident", "居民医保参保正常", "A resident enrolment is in force"},
};

static struct span words_of(const struct request *request, struct span code)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (span_equal(code, span_of(words[i].code))) {
            return span_of(request->language == LANGUAGE_EN ? words[i].en : words[i].zh);
        }
    }
    return code;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_WITHDRAWAL_ELIGIBILITY_ACCOUNT_ID].uuid;
    const struct arg *reason = &request->args[GET_WITHDRAWAL_ELIGIBILITY_REASON];
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WITHDRAWAL_ELIGIBILITY);
    call_int(call, WITHDRAWAL_ELIGIBILITY_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, WITHDRAWAL_ELIGIBILITY_PARAM_ACCOUNT_ID, account_id);
    if (reason->present) {
        call_text(call, WITHDRAWAL_ELIGIBILITY_PARAM_REASON, reason->text);
    }
    call_bool(call, WITHDRAWAL_ELIGIBILITY_PARAM_IS_STAFF, request->principal.kind == PRINCIPAL_STAFF);
    call_date(call, WITHDRAWAL_ELIGIBILITY_PARAM_DAY, clock_date_of(clock_business_us()));
    call_text(call, WITHDRAWAL_ELIGIBILITY_PARAM_LANGUAGE, withdrawal_language(request));
    return PROBLEM_NONE;
}

/* "code=t,code=f" as an array; whether nothing speaks against applying. */
static bool write_conditions(const struct request *request, struct span joined, struct json_writer *writer)
{
    bool may_apply = true;
    const char *end = joined.bytes + joined.length;
    json_key(writer, "conditions");
    json_array_open(writer);
    for (const char *at = joined.bytes; at < end;) {
        const char *equals = memchr(at, '=', (size_t)(end - at));
        struct span code = {.bytes = at, .length = (size_t)(equals - at)};
        bool is_met = equals[1] == 't';
        bool is_later = span_equal(code, SPAN(BLOCKS_APPROVAL));
        json_object_open(writer);
        json_key(writer, "code");
        json_text(writer, code);
        json_key(writer, "is_met");
        json_bool(writer, is_met);
        json_key(writer, "needed_for");
        json_text(writer, is_later ? SPAN("approval") : SPAN("application"));
        json_key(writer, "text");
        json_text(writer, words_of(request, code));
        json_object_close(writer);
        may_apply = may_apply && (is_met || is_later);
        at = equals + 3; /* t or f, and a comma */
    }
    json_array_close(writer);
    return may_apply;
}

static void write_reason(const struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    json_key(writer, "reason");
    json_text(writer, row_text(rows, row, WITHDRAWAL_ELIGIBILITY_COLUMN_REASON));
    bool may_apply = write_conditions(request, row_text(rows, row, WITHDRAWAL_ELIGIBILITY_COLUMN_CONDITIONS), writer);
    json_key(writer, "may_apply");
    json_bool(writer, may_apply);
    json_key(writer, "materials");
    json_raw(writer, row_text(rows, row, WITHDRAWAL_ELIGIBILITY_COLUMN_MATERIALS));
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, WITHDRAWAL_ELIGIBILITY_COLUMN_PERSON_ID),
                                            row_text(rows, 0, WITHDRAWAL_ELIGIBILITY_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(fields), rows, 0);
    json_key(&writer, "reasons");
    json_array_open(&writer);
    for (int row = 0; row < rows->count; row++) {
        write_reason(request, rows, row, &writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_withdrawal_eligibility_handler = {.bind = bind, .render = render};
