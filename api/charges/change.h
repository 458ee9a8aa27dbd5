/* What capturing, voiding and refunding a charge have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/money.h"
#include "server/pg/statement.h"

/* In bind: `money` in the request's arena, and as its state. What is only tried (dry_run) is recorded as a look at the
 * charge. */
enum problem change_begin(struct request *request, int charge_arg, int key_arg, int dry_run_arg, struct money **money);
/*
 * In proceed: whether rows of the statement for one payer say that the charge has several, so that the shared one is to
 * be bound, with the state's instants anew. `status`: the column.
 */
bool change_is_shared(struct request *request, const struct rows *rows, enum statement plain, int status);
/* In render, for rows of charge_capture and charge_void: the charge as it is then. */
enum problem change_render(struct request *request, const struct rows *rows, struct reply *reply);
