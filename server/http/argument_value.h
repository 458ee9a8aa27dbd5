/* One argument: checks its text or number against its row of the generated table. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* Which argument a fault is about: its row, and for one item of a list its index. */
struct argument {
    struct request *request;
    const struct arg_info *info;
    struct arg *value;
    int item;                    /* -1: the argument itself */
    const struct arg_info *list; /* of a field of an object: the list that its object is the item of; else NULL */
};

#define ARGUMENT_ITSELF (-1)

/* Adds a fault; `zh` and `en` may hold one %lld for `number`, or both are NULL for the code's own text. */
void argument_fault(const struct argument *argument, const char *code, const char *zh, const char *en, int64_t number);

/* Each sets *argument->value when the value is right, else adds a fault. `text` must stay as long as the arena. */
void argument_take_text(const struct argument *argument,
                        struct span text); /* any type but arrays, as in a path or query */
void argument_take_string(const struct argument *argument, struct span text); /* types that are strings in JSON too */
void argument_take_integer(const struct argument *argument, int64_t number);
/* One string of a list; false after adding a fault. */
bool argument_check_item(const struct argument *argument, struct span text);
