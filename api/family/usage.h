/* What relatives have used of an account in a year, by member, month and use. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/pg/statement.h"

/* In bind: the year asked for, this one by default, as two days; it stays in request->state for usage_write. */
enum problem usage_bind_year(struct request *request, int year_arg, struct call *call, int first_day_param,
                             int last_day_param);
/* In render. `first` is the column family_member_id: from there on the columns are those of family_usage_of_member. */
enum problem usage_write(struct request *request, const struct rows *rows, int first, struct reply *reply);
