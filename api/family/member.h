/* A family member, as the account's owner, the relative, a guardian and staff are shown it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/pg/statement.h"

/*
 * `first` is the column family_member_id of the statement: from there on its columns are those of family_member_get.
 * False, after a line in the log, when a name does not open.
 */
bool member_write(struct request *request, const struct rows *rows, int row, int first, struct json_writer *writer);
enum problem member_write_body(struct request *request, const struct rows *rows, int first, struct reply *reply);
/* One page of members, newest first, as list_begin_newest left it. A null id in the first row: there are none. */
enum problem member_write_page(struct request *request, const struct rows *rows, int first, struct reply *reply);
/* Who asks: the citizen's key, or nothing and a staff member's regions. */
void member_bind_asker(struct request *request, struct call *call, int asker_param, int visible_param);
