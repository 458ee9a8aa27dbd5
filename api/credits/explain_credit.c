/* GET /v1/credits/{credit_id}/explanation: everything that a credit came from, and two sentences for the person. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credits/credit_facts.h"
#include "api/fields.h"
#include "server/http/reply.h"

#define SENTENCE_BYTES 16384 /* a legal basis of 4,000 characters, and what stands around it */

static const struct field head[] = {
    {"credit_id", CREDIT_EXPLANATION_COLUMN_CREDIT_ID, FIELD_PLAIN},
    {"account_id", CREDIT_EXPLANATION_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", CREDIT_EXPLANATION_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", CREDIT_EXPLANATION_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"plan_code", CREDIT_EXPLANATION_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"period", CREDIT_EXPLANATION_COLUMN_PERIOD, FIELD_PLAIN},
    {"period_start", CREDIT_EXPLANATION_COLUMN_PERIOD_SHOWN, FIELD_PLAIN},
    {"revision", CREDIT_EXPLANATION_COLUMN_REVISION, FIELD_PLAIN},
    {"reason", CREDIT_EXPLANATION_COLUMN_REASON, FIELD_PLAIN},
    {"first_credit_id", CREDIT_EXPLANATION_COLUMN_FIRST_CREDIT_ID, FIELD_PLAIN},
    {"origin_credit_id", CREDIT_EXPLANATION_COLUMN_ORIGIN_CREDIT_ID, FIELD_PLAIN},
    {"business_date", CREDIT_EXPLANATION_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"posted_at", CREDIT_EXPLANATION_COLUMN_POSTED_AT, FIELD_PLAIN},
    {"policy", CREDIT_EXPLANATION_COLUMN_POLICY_ID, FIELD_OBJECT},
    {"policy_id", CREDIT_EXPLANATION_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"region_code", CREDIT_EXPLANATION_COLUMN_POLICY_REGION_CODE, FIELD_PLAIN},
    {"region_name", CREDIT_EXPLANATION_COLUMN_POLICY_REGION_NAME, FIELD_PLAIN},
    {"version", CREDIT_EXPLANATION_COLUMN_VERSION, FIELD_PLAIN},
    {"effective_from", CREDIT_EXPLANATION_COLUMN_EFFECTIVE_FROM, FIELD_MONTH},
    {"plan_kind", CREDIT_EXPLANATION_COLUMN_PLAN_KIND, FIELD_PLAIN},
    {"posting_month", CREDIT_EXPLANATION_COLUMN_POSTING_MONTH, FIELD_PLAIN},
    {"is_pro_rated", CREDIT_EXPLANATION_COLUMN_IS_PRO_RATED, FIELD_PLAIN},
    {"age_basis", CREDIT_EXPLANATION_COLUMN_AGE_BASIS, FIELD_PLAIN},
    {"base_fen", CREDIT_EXPLANATION_COLUMN_BASE_FEN, FIELD_PLAIN},
    {"rounding", CREDIT_EXPLANATION_COLUMN_ROUNDING, FIELD_PLAIN},
    {"legal_basis", CREDIT_EXPLANATION_COLUMN_LEGAL_BASIS, FIELD_PLAIN},
    {"source", CREDIT_EXPLANATION_COLUMN_SOURCE, FIELD_PLAIN},
    FIELD_OBJECT_END,
    {"birth_date", CREDIT_EXPLANATION_COLUMN_BIRTH_DATE, FIELD_PLAIN},
    {"age_on", CREDIT_EXPLANATION_COLUMN_AGE_ON, FIELD_PLAIN},
    {"age_years", CREDIT_EXPLANATION_COLUMN_AGE_YEARS, FIELD_PLAIN},
    {"min_age", CREDIT_EXPLANATION_COLUMN_MIN_AGE, FIELD_PLAIN},
    {"below_age", CREDIT_EXPLANATION_COLUMN_BELOW_AGE, FIELD_PLAIN},
    {"amount_fen", CREDIT_EXPLANATION_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"ratio_bp", CREDIT_EXPLANATION_COLUMN_RATIO_BP, FIELD_PLAIN},
    {"retired_month", CREDIT_EXPLANATION_COLUMN_RETIRED_MONTH, FIELD_MONTH},
    {"first_month", CREDIT_EXPLANATION_COLUMN_FIRST_MONTH, FIELD_MONTH},
    {"last_month", CREDIT_EXPLANATION_COLUMN_LAST_MONTH, FIELD_MONTH},
    {"months", CREDIT_EXPLANATION_COLUMN_MONTHS, FIELD_PLAIN},
    {"gross_dividend", CREDIT_EXPLANATION_COLUMN_GROSS_DIVIDEND, FIELD_PLAIN},
    {"gross_divisor", CREDIT_EXPLANATION_COLUMN_GROSS_DIVISOR, FIELD_PLAIN},
    {"deduction_dividend", CREDIT_EXPLANATION_COLUMN_DEDUCTION_DIVIDEND, FIELD_PLAIN},
    {"deduction_divisor", CREDIT_EXPLANATION_COLUMN_PERIOD_MONTHS, FIELD_PLAIN},
    {"due", CREDIT_EXPLANATION_COLUMN_CREDIT_ID, FIELD_OBJECT},
    {"gross_fen", CREDIT_EXPLANATION_COLUMN_DUE_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_EXPLANATION_COLUMN_DUE_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_EXPLANATION_COLUMN_DUE_NET_FEN, FIELD_PLAIN},
    FIELD_OBJECT_END,
    {"credited", CREDIT_EXPLANATION_COLUMN_CREDIT_ID, FIELD_OBJECT},
    {"gross_fen", CREDIT_EXPLANATION_COLUMN_CREDITED_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_EXPLANATION_COLUMN_CREDITED_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_EXPLANATION_COLUMN_CREDITED_NET_FEN, FIELD_PLAIN},
    FIELD_OBJECT_END,
    {"gross_fen", CREDIT_EXPLANATION_COLUMN_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_EXPLANATION_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_EXPLANATION_COLUMN_NET_FEN, FIELD_PLAIN},
    {"receivable_fen", CREDIT_EXPLANATION_COLUMN_RECEIVABLE_FEN, FIELD_PLAIN},
    {"before", CREDIT_EXPLANATION_COLUMN_BEFORE_CREDIT_ID, FIELD_OBJECT},
    {"credit_id", CREDIT_EXPLANATION_COLUMN_BEFORE_CREDIT_ID, FIELD_PLAIN},
    {"policy_id", CREDIT_EXPLANATION_COLUMN_BEFORE_POLICY_ID, FIELD_PLAIN},
    {"policy_region_code", CREDIT_EXPLANATION_COLUMN_BEFORE_POLICY_REGION_CODE, FIELD_PLAIN},
    {"version", CREDIT_EXPLANATION_COLUMN_BEFORE_VERSION, FIELD_PLAIN},
    {"base_fen", CREDIT_EXPLANATION_COLUMN_BEFORE_BASE_FEN, FIELD_PLAIN},
    {"amount_fen", CREDIT_EXPLANATION_COLUMN_BEFORE_AMOUNT_FEN, FIELD_PLAIN},
    {"ratio_bp", CREDIT_EXPLANATION_COLUMN_BEFORE_RATIO_BP, FIELD_PLAIN},
    {"birth_date", CREDIT_EXPLANATION_COLUMN_BEFORE_BIRTH_DATE, FIELD_PLAIN},
    {"age_years", CREDIT_EXPLANATION_COLUMN_BEFORE_AGE_YEARS, FIELD_PLAIN},
    {"min_age", CREDIT_EXPLANATION_COLUMN_BEFORE_MIN_AGE, FIELD_PLAIN},
    {"first_month", CREDIT_EXPLANATION_COLUMN_BEFORE_FIRST_MONTH, FIELD_MONTH},
    {"last_month", CREDIT_EXPLANATION_COLUMN_BEFORE_LAST_MONTH, FIELD_MONTH},
    {"months", CREDIT_EXPLANATION_COLUMN_BEFORE_MONTHS, FIELD_PLAIN},
    FIELD_OBJECT_END,
};

/* JSON as the statement made it. */
static const struct {
    const char *name;
    int column;
} lists[] = {
    {"looked_up", CREDIT_EXPLANATION_COLUMN_LOOKED_UP},
    {"deductions", CREDIT_EXPLANATION_COLUMN_DEDUCTIONS},
    {"entries", CREDIT_EXPLANATION_COLUMN_ENTRIES},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid credit_id = request->args[EXPLAIN_CREDIT_CREDIT_ID].uuid;
    enum problem problem = access_ask(request, credit_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CREDIT_EXPLANATION);
    call_int(call, CREDIT_EXPLANATION_PARAM_PERSON_KEY, (int64_t)uuid_key(credit_id));
    call_uuid(call, CREDIT_EXPLANATION_PARAM_CREDIT_ID, credit_id);
    /* No consent is about the record itself. */
    call_bool(call, CREDIT_EXPLANATION_PARAM_WITH_BIRTH_DATE, request->principal.kind != PRINCIPAL_CLIENT);
    return PROBLEM_NONE;
}

static void write_sentences(struct json_writer *writer, const struct request *request, const struct credit_facts *facts)
{
    struct text sentence;
    text_init(&sentence, SENTENCE_BYTES);
    const struct say say = {.out = &sentence, .language = request->language};
    json_key(writer, "sentences");
    json_array_open(writer);
    for (int i = 0; i < CREDIT_SENTENCES; i++) {
        text_clear(&sentence);
        credit_words(&say, facts, i);
        json_whole_text(writer, &sentence);
    }
    json_array_close(writer);
    text_fini(&sentence);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, CREDIT_EXPLANATION_COLUMN_PERSON_ID),
                                            row_text(rows, 0, CREDIT_EXPLANATION_COLUMN_ACCOUNT_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct credit_facts facts;
    credit_facts_read(rows, 0, &facts);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(head), rows, 0);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_key(&writer, lists[i].name);
        json_raw(&writer, row_text(rows, 0, lists[i].column));
    }
    write_sentences(&writer, request, &facts);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler explain_credit_handler = {.bind = bind, .render = render};
