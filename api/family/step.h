/* What accepting, refusing, cancelling, limiting and ending have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/pg/statement.h"

/* In bind: all of the call but limits and usages. `statement` is family_member_accept or one like it. */
enum problem step_bind(struct request *request, enum statement statement, int id_arg, int key_arg, struct call *call);
/* In render: the member as it was then, or why not. */
enum problem step_render(struct request *request, const struct rows *rows, struct reply *reply);
