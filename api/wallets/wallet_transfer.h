/* Transfers to wallets: how they are shown, and what the requests that end them have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/money.h"
#include "server/json_writer.h"
#include "server/pg/statement.h"

/* Rows of every statement about them are read as those of wallet_transfer_create. False when a name does not open. */
bool wallet_transfer_write(struct request *request, struct json_writer *writer, const struct rows *rows, int row);
/* The first row as the whole body. */
enum problem wallet_transfer_write_body(struct request *request, const struct rows *rows, struct reply *reply);
/* One page, as list_begin_newest left it in request->state; without any transfer the only row has a null id. */
enum problem wallet_transfer_write_page(struct request *request, const struct rows *rows, struct reply *reply);

/* In bind of a request that ends one, whose arguments are these of its operation. */
struct wallet_transfer_args {
    int wallet_transfer_id, idempotency_key, dry_run;
};
enum problem wallet_transfer_end_bind(struct request *request, struct call *call, enum statement statement,
                                      const struct wallet_transfer_args *args);
/* In render of every request that makes or changes one: PROBLEM_NONE, or why it was refused. */
enum problem wallet_transfer_outcome(struct request *request, const struct rows *rows, struct reply *reply);
enum problem wallet_transfer_end_render(struct request *request, const struct rows *rows, struct reply *reply);
