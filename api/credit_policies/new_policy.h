/* What a version of a plan cannot be, and its tiers and deductions as SQL takes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* Adds a fault for everything that does not fit together. */
void new_policy_check(struct request *request);
/* `age:value` of each tier, `kind:amount` of each deduction, joined by semicolons. NULL bytes when the arena is
 * exhausted. */
struct span new_policy_tiers(struct request *request);
struct span new_policy_deductions(struct request *request);
