/* How refunds are shown, and to whom. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "server/http/request.h"

/* Fields of a table whose statement names these columns: the schema Refund. */
#define REFUND_FIELDS(STATEMENT)                                                                                       \
    {"refund_id", STATEMENT##_COLUMN_REFUND_ID, FIELD_PLAIN},                                                          \
        {"charge_id", STATEMENT##_COLUMN_CHARGE_ID, FIELD_PLAIN},                                                      \
        {"refund_no", STATEMENT##_COLUMN_REFUND_NO, FIELD_PLAIN},                                                      \
        {"amount_fen", STATEMENT##_COLUMN_AMOUNT_FEN, FIELD_PLAIN},                                                    \
        {"current_year_fen", STATEMENT##_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},                                        \
        {"carried_over_fen", STATEMENT##_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},                                        \
        {"reason", STATEMENT##_COLUMN_REASON, FIELD_PLAIN},                                                            \
        {"created_at", STATEMENT##_COLUMN_CREATED_AT, FIELD_PLAIN},                                                    \
        {"business_date", STATEMENT##_COLUMN_BUSINESS_DATE, FIELD_PLAIN},                                              \
    {                                                                                                                  \
        "payers", STATEMENT##_COLUMN_PAYERS, FIELD_JSON                                                                \
    }

/* Of a row of refund_list. */
extern const struct field refund_fields[];
extern const size_t refund_fields_count;

/* In bind: the refunds of a charge before `before`; `refund_id` null: all of them. */
enum problem refund_bind(struct request *request, struct uuid charge_id, const struct uuid *refund_id,
                         struct uuid before, int64_t limit, struct call *call);
/* In render: whether the charge is there for who asks. */
bool refund_may_see(const struct request *request, const struct rows *rows);
