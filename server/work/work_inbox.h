/* Where one reactor gets its finished work back: a list and an eventfd that wakes its loop. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/event.h"
#include "server/work/work_pool.h"

struct work_inbox {
    struct event_source source; /* first: the loop calls it when `fd` is readable */
    int fd;
    unsigned outstanding;  /* submitted, and neither done nor withdrawn; only the inbox's own thread looks */
    pthread_mutex_t mutex; /* guards the list */
    pthread_cond_t filled;
    struct work *first, *last;
};

/* Readable in `epoll_fd` when something is done; `done` is then called from that loop. False without descriptors. */
bool work_inbox_open(struct work_inbox *inbox, int epoll_fd);
/* Waits for what still runs, calls its `done`, and gives the descriptor back. Withdraw first what is not to run. */
void work_inbox_close(struct work_inbox *inbox);
/* For the pool, from any thread. */
void work_inbox_put(struct work_inbox *inbox, struct work *work);
