/* Collects finished work and hands it out on the thread that asked for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/work/work_inbox.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void hand_out(struct work_inbox *inbox)
{
    pthread_mutex_lock(&inbox->mutex);
    struct work *work = inbox->first;
    inbox->first = inbox->last = NULL;
    pthread_mutex_unlock(&inbox->mutex);
    while (work != NULL) {
        struct work *next = work->next;
        inbox->outstanding--;
        work->done(work); /* may free it, or submit it again */
        work = next;
    }
}

static void ready(struct event_source *source, uint32_t events)
{
    struct work_inbox *inbox = (struct work_inbox *)source;
    uint64_t count;
    (void)events;
    if (read(inbox->fd, &count, sizeof count) < 0)
        return; /* nothing to take: another event came first */
    hand_out(inbox);
}

bool work_inbox_open(struct work_inbox *inbox, int epoll_fd)
{
    *inbox = (struct work_inbox){.source.ready = ready};
    pthread_mutex_init(&inbox->mutex, NULL);
    pthread_cond_init(&inbox->filled, NULL);
    inbox->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &inbox->source};
    return inbox->fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, inbox->fd, &event) == 0;
}

void work_inbox_close(struct work_inbox *inbox)
{
    while (inbox->outstanding > 0) {
        pthread_mutex_lock(&inbox->mutex);
        while (inbox->first == NULL)
            pthread_cond_wait(&inbox->filled, &inbox->mutex);
        pthread_mutex_unlock(&inbox->mutex);
        hand_out(inbox);
    }
    pthread_cond_destroy(&inbox->filled);
    pthread_mutex_destroy(&inbox->mutex);
    if (inbox->fd >= 0)
        close(inbox->fd);
}

static void wake(struct work_inbox *inbox)
{
    uint64_t one = 1;
    if (write(inbox->fd, &one, sizeof one) < 0)
        return; /* the counter is full: it is readable already */
}

void work_inbox_put(struct work_inbox *inbox, struct work *work)
{
    pthread_mutex_lock(&inbox->mutex);
    bool was_empty = inbox->first == NULL;
    work->next = NULL;
    if (was_empty)
        inbox->first = work;
    else
        inbox->last->next = work;
    inbox->last = work;
    pthread_cond_signal(&inbox->filled);
    if (was_empty)
        wake(inbox);
    pthread_mutex_unlock(&inbox->mutex);
}
