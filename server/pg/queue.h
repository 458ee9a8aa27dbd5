/* Tasks waiting in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/lane.h"

struct queue {
    struct task *head, *tail;
    unsigned count;
};

void queue_append(struct queue *queue, struct task *task);
void queue_prepend(struct queue *queue, struct task *task);
void queue_remove(struct queue *queue, struct task *task);
