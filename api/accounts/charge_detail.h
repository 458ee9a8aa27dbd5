/* What the owner of an account is told of a charge, as fields of a table: the schema ChargeDetail. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"

/* Fields of a table whose statement names these columns: a nested object that is null where charge_id is. */
#define CHARGE_DETAIL_FIELDS(STATEMENT)                                                                                \
    {"charge", STATEMENT##_COLUMN_CHARGE_ID, FIELD_OBJECT}, {"charge_id", STATEMENT##_COLUMN_CHARGE_ID, FIELD_PLAIN},  \
        {"charge_no", STATEMENT##_COLUMN_CHARGE_NO, FIELD_PLAIN},                                                      \
        {"provider_id", STATEMENT##_COLUMN_PROVIDER_ID, FIELD_PLAIN},                                                  \
        {"institution_name", STATEMENT##_COLUMN_INSTITUTION_NAME, FIELD_PLAIN},                                        \
        {"institution_type", STATEMENT##_COLUMN_INSTITUTION_TYPE, FIELD_PLAIN},                                        \
        {"usage", STATEMENT##_COLUMN_USAGE, FIELD_PLAIN}, {"item", STATEMENT##_COLUMN_ITEM, FIELD_PLAIN},              \
        {"occurred_at", STATEMENT##_COLUMN_OCCURRED_AT, FIELD_PLAIN},                                                  \
        {"payer_kind", STATEMENT##_COLUMN_PAYER_KIND, FIELD_PLAIN},                                                    \
        {"family_member_id", STATEMENT##_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN}, FIELD_OBJECT_END
