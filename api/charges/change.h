/* What capturing, voiding and refunding a charge have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/money.h"
#include "server/pg/statement.h"

/* In bind: `money` in the request's arena. What is only tried (dry_run) is recorded as a look at the charge. */
enum problem change_begin(struct request *request, int charge_arg, int key_arg, int dry_run_arg, struct money **money);
/* In render, for rows of charge_capture and charge_void: the charge as it is then. */
enum problem change_render(struct request *request, const struct rows *rows, struct reply *reply);
