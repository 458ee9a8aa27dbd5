/* What requests that make or change withdrawals have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/money.h"
#include "server/pg/statement.h"

/* Arguments of an operation, as the generated enums number them. */
struct withdrawal_args {
    int id; /* of the withdrawal, or of the account of an application */
    int key, dry_run;
};

/*
 * In bind: reads the key, refuses foreigners, and records what is only tried as a look. `money` is in the request's
 * arena. The person whose thing it is has the key of the id.
 */
enum problem withdrawal_begin(struct request *request, const struct withdrawal_args *args, struct money **money);
/* A note for the person to read, and a bank card: false, with a fault of the body, where they are none. */
bool withdrawal_check_note(struct request *request, const struct arg *note);
bool withdrawal_check_card(struct request *request, const struct arg *card);
/* /body/paid_on, or today; a fault when it is yet to come. */
int32_t withdrawal_paid_on(struct request *request, const struct arg *paid_on, const struct money *money);

/*
 * Binds a step of a withdrawal: `statement` is one of those that call withdrawal_step, which have the same parameters
 * and columns. reason_code, note, card (sealed) and paid_on are the caller's to bind, by the enum of WITHDRAWAL_DECIDE.
 */
void withdrawal_bind_step(struct request *request, enum statement statement, const char *event,
                          const struct withdrawal_args *args, const struct money *money, struct call *call);
/* In render, of all of them and of withdrawal_create: the withdrawal as it was then, or why not. */
enum problem withdrawal_render(struct request *request, const struct rows *rows, struct reply *reply);
