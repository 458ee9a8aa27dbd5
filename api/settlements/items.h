/* A provider's list of a day: charges and refunds, as the settlement's statement takes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/text.h"

struct settlement_item_fault {
    uint32_t line;      /* of the file, from 1 */
    const char *column; /* NULL: the line itself */
    const char *code;
};

struct settlement_items {
    struct text text; /* a line for each: item, number and amount in fen, separated by tabs */
    size_t count;
    struct settlement_item_fault faults[LIMIT_FIELD_ERRORS];
    uint32_t faults_count;
};

void settlement_items_init(struct settlement_items *items);
void settlement_items_fini(struct settlement_items *items);
/* What it takes is checked already. */
void settlement_items_add(struct settlement_items *items, struct span item, struct span number, struct span amount);
/*
 * A CSV file with the header kind,number,amount_fen. False without memory. What is wrong with it is in the faults, the
 * first of them; it touches nothing but the items, so it may run on any thread.
 */
bool settlement_items_read(struct settlement_items *items, struct span content);
