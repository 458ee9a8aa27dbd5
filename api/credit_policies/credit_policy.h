/* A version of a plan of pensioner credits, as staff see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/list.h"

/* For statements that have the columns of credit_policy_get. */
extern const struct list credit_policies;

/* Whether a plan's name is a small letter, then small letters, digits and underscores. */
bool credit_plan_code_is_valid(struct span code);
/* The first row as the whole body, or PROBLEM_NOT_FOUND when there is none. */
enum problem credit_policy_render(struct request *request, const struct rows *rows, struct reply *reply);
