/* `yibaod health`: asks the process at YIBAO_OPS_LISTEN whether it is ready, for health checks without another program.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/process.h"
#include "server/auth/address.h"
#include "server/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_US 4000000
#define ANSWER_BYTES 8192 /* a line for each reactor's checks takes some 100 */

static void print_usage(FILE *out)
{
    fputs("usage: yibaod health [--live]\n\n"
          "Asks the `yibaod serve` or `yibaod work` at YIBAO_OPS_LISTEN for /readyz, or with --live for /livez, and\n"
          "prints its answer. Exit code 0 when it is ready (live), 1 when it is not or nobody answers within 4 s.\n",
          out);
}

/* Whoever listens on every address is asked on loopback, by IPv4 also where IPv6 is off: such a listener takes both. */
static void choose_own(struct address *address)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&address->storage;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&address->storage;
    if (address->storage.ss_family == AF_INET && four->sin_addr.s_addr == htonl(INADDR_ANY))
        four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (address->storage.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr))
        inet_pton(AF_INET6, "::ffff:127.0.0.1", &six->sin6_addr);
}

static bool wait_for(int socket, short events, int64_t end_us)
{
    struct pollfd waiting = {.fd = socket, .events = events};
    int64_t left_us = end_us - clock_monotonic_us();
    return left_us > 0 && poll(&waiting, 1, (int)(left_us / 1000) + 1) == 1;
}

static int open_connection(const struct address *address, int64_t end_us)
{
    int peer = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failure = 0;
    socklen_t bytes = sizeof failure;
    if (peer < 0)
        return -1;
    if (connect(peer, (const struct sockaddr *)&address->storage, address->length) == 0)
        return peer;
    if (errno == EINPROGRESS && wait_for(peer, POLLOUT, end_us) &&
        getsockopt(peer, SOL_SOCKET, SO_ERROR, &failure, &bytes) == 0 && failure == 0)
        return peer;
    close(peer);
    return -1;
}

/* The whole answer as text, until the other side closes. */
static bool ask(int peer, const char *path, int64_t end_us, char answer[ANSWER_BYTES])
{
    char request[128];
    size_t length = 0;
    int asked =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (send(peer, request, (size_t)asked, MSG_NOSIGNAL) != asked)
        return false;
    while (length + 1 < ANSWER_BYTES && wait_for(peer, POLLIN, end_us)) {
        ssize_t got = recv(peer, answer + length, ANSWER_BYTES - 1 - length, 0);
        if (got < 0)
            return false;
        length += (size_t)got;
        answer[length] = '\0';
        if (got == 0)
            return true;
    }
    return false;
}

static int show(const char *answer)
{
    const char *body = strstr(answer, "\r\n\r\n");
    if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || body == NULL) {
        process_complain("what listens on YIBAO_OPS_LISTEN is not yibaod");
        return EXIT_CODE_FAILED;
    }
    puts(body + 4);
    return strncmp(answer + 9, "200 ", 4) == 0 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int ask_and_show(const struct config *config, const char *path)
{
    struct address address;
    char answer[ANSWER_BYTES] = "";
    int64_t end_us = clock_monotonic_us() + PATIENCE_US;
    if (!address_parse_listen(config->ops_listen, &address)) {
        process_complain("YIBAO_OPS_LISTEN is not an address and port like 127.0.0.1:8081");
        return EXIT_CODE_USAGE;
    }
    choose_own(&address);
    int peer = open_connection(&address, end_us);
    bool is_answered = peer >= 0 && ask(peer, path, end_us, answer);
    if (peer >= 0)
        close(peer);
    if (!is_answered) {
        process_complain("nobody answers at YIBAO_OPS_LISTEN");
        return EXIT_CODE_FAILED;
    }
    return show(answer);
}

int command_health(int argc, char **argv, const struct config *config)
{
    if (argc == 1)
        return ask_and_show(config, "/readyz");
    if (argc == 2 && strcmp(argv[1], "--live") == 0)
        return ask_and_show(config, "/livez");
    bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
    print_usage(is_asked_for ? stdout : stderr);
    return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}
