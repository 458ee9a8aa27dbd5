/* The loop: sleep, take events, run HTTP, send batches, keep deadlines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/reactor.h"
#include "server/arena.h"
#include "server/auth/epoch_watch.h"
#include "server/clock.h"
#include "server/event.h"
#include "server/http/daemon.h"
#include "server/http/listener.h"
#include "server/log.h"
#include "server/pg/lane.h"
#include "server/work/work_inbox.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_PER_TURN 64
#define TICK_US INT64_C(250000)
#define DRAIN_US INT64_C(300000) /* hand-shakes begun before the stop are over by then */

struct reactor {
    struct event_source wake; /* eventfd: somebody asks for a stop */
    struct event_source http; /* the daemon's own epoll descriptor */
    const struct service *service;
    unsigned index;
    int epoll_fd;
    int wake_fd;
    bool http_ready;
    pthread_t thread;
    bool started;
    struct listener listener;
    struct http_daemon *daemon;
    struct lanes *lanes;
    struct work_inbox inbox;
    struct token_cache *tokens;
    struct epoch_watch epochs;
    atomic_bool stop_wanted;
    int64_t stopping_since_us;
    bool is_draining;
    int64_t run_due_us;
    int64_t tick_due_us;
};

static void wake_ready(struct event_source *source, uint32_t events)
{
    struct reactor *reactor = (struct reactor *)source;
    uint64_t count;
    (void)events;
    if (read(reactor->wake_fd, &count, sizeof count) < 0)
        return; /* nothing to take: another event came first */
}

static void http_ready(struct event_source *source, uint32_t events)
{
    struct reactor *reactor = (struct reactor *)((char *)source - offsetof(struct reactor, http));
    (void)events;
    reactor->http_ready = true;
}

static void accepted(struct listener *listener, int fd, const struct sockaddr *peer, socklen_t peer_length)
{
    struct reactor *reactor = listener->owner;
    http_daemon_add(reactor->daemon, fd, peer, peer_length);
    reactor->http_ready = true;
}

static bool watch(struct reactor *reactor, int fd, struct event_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    return fd >= 0 && epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static unsigned share(int64_t total, unsigned reactors)
{
    return (unsigned)((total + reactors - 1) / reactors);
}

struct reactor *reactor_open(const struct service *service, unsigned index, unsigned reactors,
                             const struct address *address)
{
    const struct config *config = service->config;
    struct reactor *reactor = calloc(1, sizeof *reactor);
    if (reactor == NULL)
        return NULL;
    reactor->service = service;
    reactor->index = index;
    reactor->wake.ready = wake_ready;
    reactor->http.ready = http_ready;
    reactor->listener.fd = -1;
    reactor->listener.accepted = accepted;
    reactor->listener.owner = reactor;
    reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    reactor->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bool can_work = work_inbox_open(&reactor->inbox, reactor->epoll_fd);
    reactor->lanes = lanes_open(config, reactor->epoll_fd);
    reactor->tokens = token_cache_open(config->token_cache_ms * 1000);
    reactor->epochs.cache = reactor->tokens;
    if (can_work && reactor->lanes != NULL && reactor->tokens != NULL)
        reactor->daemon = http_daemon_open(service, reactor->lanes, &reactor->inbox, reactor->tokens,
                                           share(config->connections_max, reactors),
                                           share(config->connections_per_address_max, reactors));
    if (reactor->daemon != NULL && watch(reactor, reactor->wake_fd, &reactor->wake) &&
        watch(reactor, http_daemon_fd(reactor->daemon), &reactor->http) &&
        listener_open(&reactor->listener, address, reactor->epoll_fd))
        return reactor;
    LOG(LOG_ERROR, "reactor_failed", LOG_INT("reactor", index), LOG_TEXT("why", span_of(strerror(errno))));
    reactor_close(reactor);
    return NULL;
}

/*
 * The stop in its order: replies end their connections, until whoever looks at /readyz sends no more; no new
 * hand-shakes; accept what is on the way; close; answer what is open; go.
 */
static bool advance_stop(struct reactor *reactor, int64_t now_us)
{
    if (!atomic_load(&reactor->stop_wanted))
        return false;
    if (reactor->stopping_since_us == 0) {
        reactor->stopping_since_us = now_us;
        http_daemon_wind_down(reactor->daemon);
    }
    int64_t stopping_us = now_us - reactor->stopping_since_us - reactor->service->config->drain_delay_s * 1000000;
    if (stopping_us < 0)
        return false;
    if (!reactor->is_draining) {
        reactor->is_draining = true;
        listener_drain(&reactor->listener);
        http_daemon_stop_begin(reactor->daemon, now_us);
    }
    if (stopping_us < DRAIN_US)
        return false;
    listener_close(&reactor->listener);
    if (stopping_us > reactor->service->config->stop_timeout_s * 1000000) {
        LOG(LOG_WARNING, "stop_timed_out", LOG_INT("connections", http_daemon_connections(reactor->daemon)));
        return true;
    }
    return http_daemon_connections(reactor->daemon) == 0;
}

static void tick(struct reactor *reactor, int64_t now_us)
{
    reactor->tick_due_us = now_us + TICK_US;
    lanes_tick(reactor->lanes, now_us);
    epoch_watch_tick(&reactor->epochs, reactor->lanes, now_us);
    listener_tick(&reactor->listener);
    http_daemon_sweep(reactor->daemon, now_us);
    health_turn(reactor->service->health, reactor->index, now_us);
    for (enum lane lane = LANE_READ; lane < LANES_OF_PRIMARY; lane++) {
        int64_t contact_us = lanes_last_contact_us(reactor->lanes, lane);
        if (contact_us != 0)
            health_ping(reactor->service->health, reactor->index, lane, contact_us);
    }
}

static int sleep_ms(const struct reactor *reactor, int64_t now_us)
{
    if (http_daemon_has_answers(reactor->daemon))
        return 0;
    int64_t until_us = reactor->run_due_us < reactor->tick_due_us ? reactor->run_due_us : reactor->tick_due_us;
    int64_t lanes_us = lanes_due_us(reactor->lanes);
    until_us = lanes_us < until_us ? lanes_us : until_us;
    if (reactor->stopping_since_us != 0 && until_us > now_us + DRAIN_US / 10)
        until_us = now_us + DRAIN_US / 10;
    return until_us <= now_us ? 0 : (int)((until_us - now_us + 999) / 1000);
}

static void turn(struct reactor *reactor)
{
    struct epoll_event events[EVENTS_PER_TURN];
    int count = epoll_wait(reactor->epoll_fd, events, EVENTS_PER_TURN, sleep_ms(reactor, clock_monotonic_us()));
    for (int i = 0; i < count; i++) {
        struct event_source *source = events[i].data.ptr;
        source->ready(source, events[i].events);
    }
    int64_t now_us = clock_monotonic_us();
    if (reactor->http_ready || http_daemon_has_answers(reactor->daemon) || now_us >= reactor->run_due_us) {
        reactor->http_ready = false;
        http_daemon_run(reactor->daemon, now_us);
        reactor->run_due_us = now_us + http_daemon_patience_us(reactor->daemon);
    }
    lanes_flush(reactor->lanes, now_us);
    if (now_us >= reactor->tick_due_us)
        tick(reactor, now_us);
    log_flush();
}

static void *loop(void *cls)
{
    struct reactor *reactor = cls;
    while (!advance_stop(reactor, clock_monotonic_us()))
        turn(reactor);
    log_flush();
    arena_release_spare();
    return NULL;
}

bool reactor_start(struct reactor *reactor)
{
    reactor->started = pthread_create(&reactor->thread, NULL, loop, reactor) == 0;
    return reactor->started;
}

void reactor_stop(struct reactor *reactor)
{
    uint64_t one = 1;
    atomic_store(&reactor->stop_wanted, true);
    if (write(reactor->wake_fd, &one, sizeof one) < 0)
        return; /* the next tick sees the flag */
}

void reactor_close(struct reactor *reactor)
{
    if (reactor->started)
        pthread_join(reactor->thread, NULL);
    listener_close(&reactor->listener);
    if (reactor->daemon != NULL)
        http_daemon_close(reactor->daemon);
    work_inbox_close(&reactor->inbox);
    if (reactor->lanes != NULL)
        lanes_close(reactor->lanes);
    if (reactor->tokens != NULL)
        token_cache_close(reactor->tokens);
    close(reactor->wake_fd);
    close(reactor->epoll_fd);
    free(reactor);
}
