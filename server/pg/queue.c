/* A doubly linked list through the tasks themselves, so that one may leave from the middle. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/queue.h"

void queue_append(struct queue *queue, struct task *task)
{
    task->previous = queue->tail;
    task->next = NULL;
    *(queue->tail == NULL ? &queue->head : &queue->tail->next) = task;
    queue->tail = task;
    queue->count++;
}

void queue_prepend(struct queue *queue, struct task *task)
{
    task->previous = NULL;
    task->next = queue->head;
    *(queue->head == NULL ? &queue->tail : &queue->head->previous) = task;
    queue->head = task;
    queue->count++;
}

void queue_remove(struct queue *queue, struct task *task)
{
    *(task->previous == NULL ? &queue->head : &task->previous->next) = task->next;
    *(task->next == NULL ? &queue->tail : &task->next->previous) = task->previous;
    task->previous = task->next = NULL;
    queue->count--;
}
