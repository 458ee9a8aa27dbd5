/* How a charge is shown: alone and in the list. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/charge.h"

/* Both statements begin with the same columns. */
_Static_assert((int)CHARGE_GET_COLUMN_CHARGE_ID == (int)CHARGE_LIST_COLUMN_CHARGE_ID &&
                   (int)CHARGE_GET_COLUMN_PAYERS == (int)CHARGE_LIST_COLUMN_PAYERS,
               "charge_get and charge_list differ");

const struct field charge_fields[] = {
    {"charge_id", CHARGE_GET_COLUMN_CHARGE_ID, FIELD_PLAIN},
    {"account_id", CHARGE_GET_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"charge_no", CHARGE_GET_COLUMN_CHARGE_NO, FIELD_PLAIN},
    {"state", CHARGE_GET_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", CHARGE_GET_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"captured_fen", CHARGE_GET_COLUMN_CAPTURED_FEN, FIELD_PLAIN},
    {"current_year_fen", CHARGE_GET_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", CHARGE_GET_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"refunded_fen", CHARGE_GET_COLUMN_REFUNDED_FEN, FIELD_PLAIN},
    {"usage", CHARGE_GET_COLUMN_USAGE, FIELD_PLAIN},
    {"item", CHARGE_GET_COLUMN_ITEM, FIELD_PLAIN},
    {"expires_at", CHARGE_GET_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"created_at", CHARGE_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"business_date", CHARGE_GET_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"captured_on", CHARGE_GET_COLUMN_CAPTURED_ON, FIELD_PLAIN},
    {"changed_at", CHARGE_GET_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"provider_id", CHARGE_GET_COLUMN_PROVIDER_ID, FIELD_PLAIN},
    {"institution_name", CHARGE_GET_COLUMN_PROVIDER_NAME, FIELD_PLAIN},
    {"region_code", CHARGE_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"payers", CHARGE_GET_COLUMN_PAYERS, FIELD_JSON},
};
const size_t charge_fields_count = sizeof charge_fields / sizeof *charge_fields;
