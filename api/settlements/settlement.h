/* What the two ways of settling a day share, and how a settlement is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "api/money.h"
#include "api/settlements/items.h"

/* The arguments of an operation that settles. */
struct settlement_args {
    enum arg_place place; /* of the day and the totals */
    int key, dry_run, business_date, charges_count, charges_fen, refunds_count, refunds_fen;
};

struct settlement_asked {
    struct money money;
    struct settlement_items items;
};

/*
 * In bind: reads the key and checks that the day is over. The items are empty, and are released with the request. NULL
 * with the problem in *problem.
 */
struct settlement_asked *settlement_begin(struct request *request, const struct settlement_args *args,
                                          enum problem *problem);
/* In bind or proceed, with the items read. */
void settlement_bind(struct request *request, const struct settlement_args *args, struct settlement_asked *asked,
                     struct call *call);
enum problem settlement_render(struct request *request, const struct rows *rows, struct reply *reply);

/* Who reads settlements: a provider its own, staff those of providers whose regions they cover. */
void settlement_bind_reader(struct request *request, struct call *call, int provider_param, int visible_param);
