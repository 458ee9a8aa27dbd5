/* What a password or PIN must not be. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* The person whose secret it is; parts that are not known are empty. */
struct secret_owner {
    struct span citizen_number;
    struct span name;
    struct span phone;
};

/* Each broken rule is a fault of /body/<field>, all at once. */
void secret_rules_check_password(struct request *request, const char *field, struct span password,
                                 const struct secret_owner *owner);
void secret_rules_check_pin(struct request *request, const char *field, struct span pin,
                            const struct secret_owner *owner);
