/* POST /v1/settlements: a provider's day beside ours, with the list in the body. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/settlement.h"
#include <stdio.h>

static const struct settlement_args args = {
    .place = ARG_BODY,
    .key = CREATE_SETTLEMENT_IDEMPOTENCY_KEY,
    .dry_run = CREATE_SETTLEMENT_DRY_RUN,
    .business_date = CREATE_SETTLEMENT_BUSINESS_DATE,
    .charges_count = CREATE_SETTLEMENT_CHARGES_COUNT,
    .charges_fen = CREATE_SETTLEMENT_CHARGES_FEN,
    .refunds_count = CREATE_SETTLEMENT_REFUNDS_COUNT,
    .refunds_fen = CREATE_SETTLEMENT_REFUNDS_FEN,
};

static bool take_items(struct request *request, struct settlement_items *items)
{
    const struct arg *list = &request->args[CREATE_SETTLEMENT_ITEMS];
    for (size_t i = 0; i < list->objects.count; i++) {
        const struct arg *item = &list->objects.values[i * CREATE_SETTLEMENT_ITEMS_FIELDS];
        char amount[24];
        snprintf(amount, sizeof amount, "%lld", (long long)item[CREATE_SETTLEMENT_ITEMS_AMOUNT_FEN].number);
        settlement_items_add(items, item[CREATE_SETTLEMENT_ITEMS_KIND].text, item[CREATE_SETTLEMENT_ITEMS_NUMBER].text,
                             span_of(amount));
    }
    return !items->text.failed;
}

static enum problem bind(struct request *request, struct call *call)
{
    enum problem problem;
    struct settlement_asked *asked = settlement_begin(request, &args, &problem);
    if (asked == NULL) {
        return problem;
    }
    if (!take_items(request, &asked->items)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    settlement_bind(request, &args, asked, call);
    return PROBLEM_NONE;
}

const struct handler create_settlement_handler = {.bind = bind, .render = settlement_render};
