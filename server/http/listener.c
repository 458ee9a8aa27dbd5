/* Accepts connections, and closes without losing those that are on the way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/listener.h"
#include "server/log.h"
#include "server/metrics.h"
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_PER_TURN 64
#define BACKLOG 4096
#define UNREAD_MS 9000 /* the kernel gives up a peer that takes nothing of what was sent for so long */

static void watch(struct listener *listener, bool wanted)
{
    struct epoll_event event = {.events = wanted ? EPOLLIN : 0, .data.ptr = &listener->source};
    epoll_ctl(listener->epoll_fd, EPOLL_CTL_MOD, listener->fd, &event);
}

/* False when there is nothing more to accept now. */
static bool accept_one(struct listener *listener)
{
    struct sockaddr_storage peer;
    socklen_t peer_length = sizeof peer;
    int fd = accept4(listener->fd, (struct sockaddr *)&peer, &peer_length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        metrics_count(METRIC_CONNECTION_ACCEPTED);
        listener->accepted(listener, fd, (struct sockaddr *)&peer, peer_length);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        metrics_count(METRIC_CONNECTION_REFUSED_DESCRIPTORS);
        LOG(LOG_WARNING, "accept_paused", LOG_INT("errno", errno));
        listener->paused = true; /* epoll would report it again at once, for ever */
        watch(listener, false);
    }
    return errno == EINTR || errno == ECONNABORTED;
}

static void listener_ready(struct event_source *source, uint32_t events)
{
    struct listener *listener = (struct listener *)source;
    (void)events;
    for (int i = 0; i < ACCEPT_PER_TURN && listener->fd >= 0 && accept_one(listener); i++)
        ;
}

bool listener_open(struct listener *listener, const struct address *address, int epoll_fd)
{
    listener->source.ready = listener_ready;
    listener->epoll_fd = epoll_fd;
    listener->paused = false;
    listener->fd = address_listen(address, BACKLOG, true);
    const unsigned unread_ms = UNREAD_MS; /* connections inherit it */
    if (listener->fd >= 0)
        setsockopt(listener->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listener->source};
    return listener->fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener->fd, &event) == 0;
}

void listener_tick(struct listener *listener)
{
    if (listener->fd < 0 || !listener->paused)
        return;
    listener->paused = false;
    watch(listener, true);
}

/*
 * A closing socket resets the connections waiting on it. So first it stops answering SYN (a socket filter sees the TCP
 * header: byte 13 holds the flags): a client whose SYN falls on deaf ears repeats it and meets another socket of the
 * group, or a successor. Hand-shakes that have begun still finish, and are accepted until the listener closes.
 */
void listener_drain(struct listener *listener)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    if (listener->fd >= 0 && setsockopt(listener->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
        LOG(LOG_WARNING, "listener_filter_failed", LOG_INT("errno", errno));
}

void listener_close(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    while (accept_one(listener))
        ;
    close(listener->fd); /* leaves the epoll set by itself */
    listener->fd = -1;
}
