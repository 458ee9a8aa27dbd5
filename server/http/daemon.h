/* The only door to libmicrohttpd: one daemon of one reactor, driven by that reactor's loop. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct http_daemon;

/* The daemon listens on nothing: connections come by http_daemon_add. NULL when it cannot start. */
struct http_daemon *http_daemon_open(const struct service *service, struct lanes *lanes, struct work_inbox *inbox,
                                     struct token_cache *tokens, unsigned connections_max,
                                     unsigned connections_per_address_max);
/* Cuts what is still open. Work of such requests may still run: close the inbox afterwards. */
void http_daemon_close(struct http_daemon *daemon);

int http_daemon_fd(const struct http_daemon *daemon); /* readable when http_daemon_run has something to do */
void http_daemon_add(struct http_daemon *daemon, int fd, const struct sockaddr *peer, socklen_t peer_length);
void http_daemon_run(struct http_daemon *daemon, int64_t now_us);
/* True when replies are ready to be queued: run at once. */
bool http_daemon_has_answers(const struct http_daemon *daemon);
/* How long the loop may sleep at most before it runs the daemon again. */
int64_t http_daemon_patience_us(const struct http_daemon *daemon);
/* Enforces deadlines; a few times a second. */
void http_daemon_sweep(struct http_daemon *daemon, int64_t now_us);
void http_daemon_wind_down(struct http_daemon *daemon); /* every reply from now on ends its connection */
/* The same, and idle connections are closed once they have stayed idle. */
void http_daemon_stop_begin(struct http_daemon *daemon, int64_t now_us);
unsigned http_daemon_connections(const struct http_daemon *daemon);
