/* A pool as replies show one. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"

/* The same columns stand in each statement that reads pools. */
#define POOL_FIELDS(statement)                                                                                         \
    {                                                                                                                  \
        {"pool_code", statement##_COLUMN_POOL_CODE, FIELD_PLAIN}, {"name", statement##_COLUMN_NAME, FIELD_PLAIN},      \
            {"province_code", statement##_COLUMN_PROVINCE_CODE, FIELD_PLAIN},                                          \
            {"policy_parent_code", statement##_COLUMN_POLICY_PARENT_CODE, FIELD_PLAIN},                                \
            {"connected", statement##_COLUMN_CONNECTED, FIELD_PLAIN},                                                  \
            {"account_year_starts_month", statement##_COLUMN_ACCOUNT_YEAR_STARTS_MONTH, FIELD_PLAIN},                  \
            {"maintained_by", statement##_COLUMN_MAINTAINED_BY, FIELD_PLAIN},                                          \
    }
