/* A few threads for slow cryptography, so that no reactor ever waits for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>
#include <stdbool.h>

struct work_inbox;

/*
 * One piece of work, embedded in what waits for it. From work_submit until `done` (or until work_withdraw has said
 * true) the item, its state and all that `run` reaches must stay where they are, and belong to the crypto thread:
 * nobody else looks at the state meanwhile.
 */
struct work {
    bool (*run)(void *state); /* on a crypto thread; must end by itself, and in well under a second */
    void *state;
    bool failed;                     /* for `done`: `run` has said false */
    void (*done)(struct work *work); /* on the thread of the inbox; the item is the owner's again, and may be freed */
    /* private to the pool */
    struct work_inbox *inbox;
    struct work *previous, *next;
    bool is_queued;
};

/* Shared by all reactors of the process. */
struct work_pool;

struct work_pool *work_pool_open(unsigned threads); /* NULL when out of memory or threads */
/* After every inbox has been closed: then nothing is queued or running any more. */
void work_pool_close(struct work_pool *pool);

/* On the inbox's thread. False: the queue is full; nothing was taken. */
bool work_submit(struct work_pool *pool, struct work_inbox *inbox, struct work *work);
/* On the inbox's thread, for submitted work whose `done` was not called. True: it will never run and is the owner's
 * again. False: it runs or has run, and `done` will be called. */
bool work_withdraw(struct work_pool *pool, struct work *work);
