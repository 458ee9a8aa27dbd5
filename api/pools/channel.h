/* A channel of the directory as staff see one, and where it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "server/http/request.h"

/* The same columns stand in each statement that reads channels of staff. */
#define CHANNEL_FIELDS(statement)                                                                                      \
    {                                                                                                                  \
        {"pool_code", statement##_COLUMN_POOL_CODE, FIELD_PLAIN}, {"kind", statement##_COLUMN_KIND, FIELD_PLAIN},      \
            {"channel_code", statement##_COLUMN_CHANNEL_CODE, FIELD_PLAIN},                                            \
            {"name", statement##_COLUMN_NAME, FIELD_PLAIN}, {"can_do", statement##_COLUMN_CAN_DO, FIELD_ITEMS},        \
            {"hotline", statement##_COLUMN_HOTLINE, FIELD_PLAIN}, {"url", statement##_COLUMN_URL, FIELD_PLAIN},        \
            {"address", statement##_COLUMN_ADDRESS, FIELD_PLAIN},                                                      \
            {"opening_hours", statement##_COLUMN_OPENING_HOURS, FIELD_PLAIN},                                          \
            {"what_to_bring", statement##_COLUMN_WHAT_TO_BRING, FIELD_ITEMS},                                          \
            {"steps", statement##_COLUMN_STEPS, FIELD_ITEMS},                                                          \
            {"maintained_by", statement##_COLUMN_MAINTAINED_BY, FIELD_PLAIN},                                          \
    }

/* Path arguments pool_code, kind and channel_code, which follow each other from `first_arg` in the path's order, into
 * parameters that do the same. PROBLEM_NOT_FOUND where the place is not the caller's. */
enum problem channel_bind_key(struct request *request, int first_arg, struct call *call, int first_param);
