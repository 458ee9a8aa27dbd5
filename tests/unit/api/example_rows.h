/* Rows of a statement in which everything is there, and says that all went well. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"
#include "tests/unit/harness.h"
#include <libpq-fe.h>

static int rows_each; /* alike */

static inline void rows_put(PGresult *row, int column, const char *bytes, int length)
{
    for (int i = 0; i < rows_each; i++)
        PQsetvalue(row, i, column, (char *)(uintptr_t)bytes, length);
}

static inline void rows_put_text(PGresult *row, int column, const char *text)
{
    rows_put(row, column, text, (int)strlen(text));
}

static inline void rows_put_null(PGresult *row, int column)
{
    rows_put(row, column, NULL, -1);
}

static inline void rows_put_id(PGresult *row, int column)
{
    rows_put(row, column, "\x01\x8f\x3a\x52\x7c\x00\x7a\x10\x9d\x3c\x5b\x1f\x0a\x2e\x4c\x68", 16);
}

/* Where another word than "created", or 0, says that all is well. */
static const struct {
    enum statement statement;
    int column;
    const char *word; /* NULL: 0 of an int4 */
} row_words[] = {
#define ROW_PROPOSAL(name, word)                                                                                       \
    {STATEMENT_##name, name##_COLUMN_SEALED_AS, "person.name"}, {STATEMENT_##name, name##_COLUMN_STATUS, word},
    ROW_PROPOSAL(PROPOSAL_GET, "done") ROW_PROPOSAL(PROPOSAL_APPROVE, "done") ROW_PROPOSAL(PROPOSAL_CLOSE, "done")
        ROW_PROPOSAL(PERSON_CORRECTION_PROPOSE, "proposed") ROW_PROPOSAL(ENROLMENT_CORRECTION_PROPOSE, "proposed")
            ROW_PROPOSAL(ACCOUNT_STATUS_PROPOSE, "proposed") ROW_PROPOSAL(REVERSAL_PROPOSE, "proposed")
                ROW_PROPOSAL(MERGE_PROPOSE, "proposed") ROW_PROPOSAL(ACCOUNT_INTEREST_PROPOSE, "proposed")
                    ROW_PROPOSAL(ADJUSTMENT_PROPOSE, "proposed") ROW_PROPOSAL(CREDIT_POLICY_SUBMIT, "proposed")
#undef ROW_PROPOSAL
                        {STATEMENT_TOKEN_REVOKE, TOKEN_REVOKE_COLUMN_STATUS, "revoked"},
    {STATEMENT_CHANNEL_REMOVE, CHANNEL_REMOVE_COLUMN_STATUS, "removed"},
    {STATEMENT_SESSION_END, SESSION_END_COLUMN_STATUS, "ended"},
    {STATEMENT_CONSENT_REVOKE, CONSENT_REVOKE_COLUMN_STATUS, "revoked"},
    {STATEMENT_CONSENT_ANSWER, CONSENT_ANSWER_COLUMN_STATUS, "done"},
    {STATEMENT_WITHDRAWAL_ELIGIBILITY, WITHDRAWAL_ELIGIBILITY_COLUMN_CONDITIONS, "account_active=t,identity_known=f"},
    {STATEMENT_DOCUMENT_CONTENT, DOCUMENT_CONTENT_COLUMN_SEALED, "created, and as long as one byte"},
    {STATEMENT_PAYOUT_FILE_GET, PAYOUT_FILE_GET_COLUMN_POOL_CODE, "620500"},
    {STATEMENT_JOB_CANCEL, JOB_CANCEL_COLUMN_STATUS, "cancelled"},
    {STATEMENT_CHALLENGE_REDEEM, CHALLENGE_REDEEM_COLUMN_STATUS, "open"},
    {STATEMENT_SIGN_IN_FIND, SIGN_IN_FIND_COLUMN_RETRY_AFTER_S, NULL},
    {STATEMENT_CREDENTIAL_FIND, CREDENTIAL_FIND_COLUMN_RETRY_AFTER_S, NULL},
    {STATEMENT_HOTLINE_CALLER, HOTLINE_CALLER_COLUMN_RETRY_AFTER_S, NULL},
    {STATEMENT_HOTLINE_ATTEMPT, HOTLINE_ATTEMPT_COLUMN_STATUS, "passed"},
    {STATEMENT_CREDENTIAL_SET, CREDENTIAL_SET_COLUMN_STATUS, "set"},
    {STATEMENT_SIGN_IN_PASSWORD, SIGN_IN_PASSWORD_COLUMN_STATUS, "open"},
    {STATEMENT_SESSION_REFRESH, SESSION_REFRESH_COLUMN_STATUS, "refreshed"},
};

static inline void rows_put_words(PGresult *row, enum statement statement)
{
    for (size_t i = 0; i < COUNT_OF(row_words); i++) {
        if (row_words[i].statement != statement)
            continue;
        if (row_words[i].word != NULL)
            rows_put_text(row, row_words[i].column, row_words[i].word);
        else
            rows_put(row, row_words[i].column, "\0\0\0", 4);
    }
}

static inline PGresult *rows_good(enum statement statement)
{
    static const char number[16] = {[7] = 1};
    const struct statement_info *info = &statement_infos[statement];
    PGresult *row = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[UINT8_MAX];
    char name[] = "column";
    assert_non_null(row);
    bool is_single = statement == STATEMENT_HOTLINE_CALLER || statement == STATEMENT_HOTLINE_ATTEMPT ||
                     statement == STATEMENT_DOCUMENT_CONTENT;
    rows_each = is_single ? 1 : 2;
    for (int c = 0; c < info->columns_count; c++)
        columns[c] = (PGresAttDesc){.name = name, .format = 1};
    assert_int_equal(PQsetResultAttrs(row, info->columns_count, columns), 1);
    for (int c = 0; c < info->columns_count; c++) {
        switch (info->columns[c]) {
        case VALUE_TEXT:
        case VALUE_BYTEA:
            rows_put_text(row, c, "created");
            break;
        case VALUE_BOOL:
            rows_put(row, c, number + 7, 1);
            break;
        case VALUE_INT2:
            rows_put(row, c, number + 6, 2);
            break;
        case VALUE_INT4:
        case VALUE_DATE:
            rows_put(row, c, number + 4, 4);
            break;
        case VALUE_INT8:
        case VALUE_INSTANT:
            rows_put(row, c, number, 8);
            break;
        case VALUE_UUID:
            rows_put_id(row, c);
            break;
        }
    }
    rows_put_words(row, statement);
    return row;
}
