/* Who calls the hotline: a number and a PIN that were keyed in, judged the same way whoever has them or not. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"

/* Where an operation has its three arguments. */
struct caller_args {
    int number;
    int pin;
    int phone;
};

/* What each step of a handler begins with. */
enum problem caller_bind(struct request *request, const struct caller_args *args, struct call *call);
bool caller_work(void *state);
/*
 * Once the caller is known, `ask` binds the statement whose rows are to be rendered; the look is recorded in its
 * transaction.
 */
enum problem caller_proceed(struct request *request, const struct rows *rows, struct call *call,
                            void (*ask)(struct request *request, int64_t person_key, struct call *call));
/* In render: PROBLEM_NONE when the rows are those asked for. */
enum problem caller_refusal(struct request *request, struct reply *reply);
