/* The plain data that a new secret is held against: opened for the check, and wiped with the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/sign_in/secret_rules.h"
#include "server/pg/statement.h"

struct owner_columns {
    int citizen_number;
    int name;
    int phone;
};

/* Of the first row; a column that is null stays empty. False, after a line in the log, when something does not open. */
bool owner_open(struct request *request, struct uuid person_id, const struct rows *rows,
                const struct owner_columns *columns, struct secret_owner *owner);
