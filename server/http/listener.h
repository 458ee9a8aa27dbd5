/* One listening socket of one reactor, shared with others by SO_REUSEPORT. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/address.h"
#include "server/event.h"
#include <stdbool.h>

struct listener {
    struct event_source source; /* first: epoll points here */
    int fd;                     /* -1: closed */
    int epoll_fd;
    bool paused; /* out of descriptors: takes part again at the next tick */
    /* Takes over the connection. */
    void (*accepted)(struct listener *listener, int fd, const struct sockaddr *peer, socklen_t peer_length);
    void *owner;
};

/* False with errno set. */
bool listener_open(struct listener *listener, const struct address *address, int epoll_fd);
void listener_tick(struct listener *listener); /* tries again after running out of descriptors */
/* From now on new connections go to other sockets of the group, or wait for one; those already made are still to be
 * accepted. */
void listener_drain(struct listener *listener);
void listener_close(struct listener *listener);
