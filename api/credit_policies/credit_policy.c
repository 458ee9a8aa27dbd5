/* A version of a plan of pensioner credits, as staff see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credit_policies/credit_policy.h"

#define SAME_COLUMNS(name)                                                                                             \
    _Static_assert((int)name##_COLUMN_STATUS == (int)CREDIT_POLICY_GET_COLUMN_STATUS &&                                \
                       (int)name##_COLUMN_ACTIVATED_AT == (int)CREDIT_POLICY_GET_COLUMN_ACTIVATED_AT,                  \
                   "its rows are read as those of credit_policy_get")
SAME_COLUMNS(CREDIT_POLICY_CREATE);
SAME_COLUMNS(CREDIT_POLICY_LIST);

static const struct field fields[] = {
    {"policy_id", CREDIT_POLICY_GET_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"region_code", CREDIT_POLICY_GET_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"plan_code", CREDIT_POLICY_GET_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"version", CREDIT_POLICY_GET_COLUMN_VERSION, FIELD_PLAIN},
    {"state", CREDIT_POLICY_GET_COLUMN_STATE, FIELD_PLAIN},
    {"effective_from", CREDIT_POLICY_GET_COLUMN_EFFECTIVE_FROM, FIELD_PLAIN},
    {"in_force", CREDIT_POLICY_GET_COLUMN_HOLDS_FROM, FIELD_OBJECT},
    {"from", CREDIT_POLICY_GET_COLUMN_HOLDS_FROM, FIELD_PLAIN},
    {"until", CREDIT_POLICY_GET_COLUMN_HOLDS_UNTIL, FIELD_PLAIN},
    FIELD_OBJECT_END,
    {"plan_kind", CREDIT_POLICY_GET_COLUMN_PLAN_KIND, FIELD_PLAIN},
    {"period", CREDIT_POLICY_GET_COLUMN_PERIOD, FIELD_PLAIN},
    {"posting_month", CREDIT_POLICY_GET_COLUMN_POSTING_MONTH, FIELD_PLAIN},
    {"is_pro_rated", CREDIT_POLICY_GET_COLUMN_IS_PRO_RATED, FIELD_PLAIN},
    {"age_basis", CREDIT_POLICY_GET_COLUMN_AGE_BASIS, FIELD_PLAIN},
    {"base_fen", CREDIT_POLICY_GET_COLUMN_BASE_FEN, FIELD_PLAIN},
    {"is_complete", CREDIT_POLICY_GET_COLUMN_IS_COMPLETE, FIELD_PLAIN},
    {"tiers", CREDIT_POLICY_GET_COLUMN_TIERS, FIELD_JSON},
    {"deductions", CREDIT_POLICY_GET_COLUMN_DEDUCTIONS, FIELD_JSON},
    {"rounding", CREDIT_POLICY_GET_COLUMN_ROUNDING, FIELD_PLAIN},
    {"legal_basis", CREDIT_POLICY_GET_COLUMN_LEGAL_BASIS, FIELD_PLAIN},
    {"source", CREDIT_POLICY_GET_COLUMN_SOURCE, FIELD_PLAIN},
    {"created_by", CREDIT_POLICY_GET_COLUMN_CREATED_BY, FIELD_PLAIN},
    {"created_at", CREDIT_POLICY_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"proposal_id", CREDIT_POLICY_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"activated_at", CREDIT_POLICY_GET_COLUMN_ACTIVATED_AT, FIELD_PLAIN},
};

const struct list credit_policies = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

bool credit_plan_code_is_valid(struct span code)
{
    for (size_t i = 0; i < code.length; i++) {
        char c = code.bytes[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '_';
        if (!is_letter && (i == 0 || !is_other)) {
            return false;
        }
    }
    return code.length > 0;
}

enum problem credit_policy_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}
