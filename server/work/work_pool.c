/* One bounded queue, served by a few threads; what is done goes to the inbox of whoever asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/work/work_pool.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/work/work_inbox.h"
#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define NICENESS 5 /* the reactors go first: a storm of sign-ins must not slow down who reads a balance */

struct work_pool {
    pthread_mutex_t mutex; /* guards all below, and `is_queued` of every item */
    pthread_cond_t changed;
    struct work *first, *last;
    unsigned count;
    bool stopping;
    unsigned threads_count; /* of those started */
    pthread_t threads[];
};

/* With the mutex held. */
static void remove_queued(struct work_pool *pool, struct work *work)
{
    if (work->previous != NULL)
        work->previous->next = work->next;
    else
        pool->first = work->next;
    if (work->next != NULL)
        work->next->previous = work->previous;
    else
        pool->last = work->previous;
    work->is_queued = false;
    pool->count--;
    metrics_work_waiting(-1);
}

static struct work *take_next(struct work_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->changed, &pool->mutex);
    struct work *work = pool->first;
    if (work != NULL)
        remove_queued(pool, work);
    pthread_mutex_unlock(&pool->mutex);
    return work;
}

static void *serve(void *cls)
{
    struct work_pool *pool = cls;
    setpriority(PRIO_PROCESS, (id_t)gettid(),
                NICENESS); /* Linux: of this thread alone; never mind when it is refused */
    for (struct work *work = take_next(pool); work != NULL; work = take_next(pool)) {
        work->failed = !work->run(work->state);
        metrics_count(METRIC_WORK_DONE);
        log_flush();
        work_inbox_put(work->inbox, work);
    }
    return NULL;
}

struct work_pool *work_pool_open(unsigned threads)
{
    struct work_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->threads[0]);
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    while (pool->threads_count < threads) {
        if (pthread_create(&pool->threads[pool->threads_count], NULL, serve, pool) != 0) {
            work_pool_close(pool);
            return NULL;
        }
        pool->threads_count++;
    }
    return pool;
}

void work_pool_close(struct work_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    assert(pool->first == NULL);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->threads_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

bool work_submit(struct work_pool *pool, struct work_inbox *inbox, struct work *work)
{
    pthread_mutex_lock(&pool->mutex);
    bool has_room = pool->count < LIMIT_WORK_QUEUE;
    if (has_room) {
        work->inbox = inbox;
        work->is_queued = true;
        work->next = NULL;
        work->previous = pool->last;
        if (pool->last != NULL)
            pool->last->next = work;
        else
            pool->first = work;
        pool->last = work;
        pool->count++;
        inbox->outstanding++;
        metrics_work_waiting(1);
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!has_room)
        metrics_count(METRIC_WORK_REFUSED);
    return has_room;
}

bool work_withdraw(struct work_pool *pool, struct work *work)
{
    pthread_mutex_lock(&pool->mutex);
    bool was_queued = work->is_queued;
    if (was_queued) {
        remove_queued(pool, work);
        work->inbox->outstanding--;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (was_queued)
        metrics_count(METRIC_WORK_WITHDRAWN);
    return was_queued;
}
