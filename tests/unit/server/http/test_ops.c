/* server/http/ops.c: its paths, states, media types and refusals, over a real socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/http/ops.h"
#include "tests/unit/harness.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

static char reply[1 << 20];

/* Sends one request and reads until the server closes. */
static const char *ask(const struct ops *ops, const char *method, const char *path)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(ops_port(ops)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[200];
    int length =
        snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", method, path);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, request, (size_t)length), length);
    size_t total = 0;
    for (ssize_t got = 1; got > 0; total += (size_t)got)
        got = read(fd, reply + total, sizeof reply - 1 - total);
    reply[total] = '\0';
    close(fd);
    return reply;
}

static struct ops *open_ops(const struct health *health)
{
    const char *error = NULL;
    struct config config = {.ops_listen = "127.0.0.1:0"};
    struct ops *ops = ops_open(&config, health, &error);
    assert_non_null(ops);
    return ops;
}

static void make_ready(struct health *health)
{
    health_turn(health, 0, clock_monotonic_us());
    for (int lane = 0; lane < LANES_OF_PRIMARY; lane++)
        health_ping(health, 0, (enum lane)lane, clock_monotonic_us());
}

static void test_states(void **state)
{
    struct health *health = health_open(1);
    struct ops *ops = open_ops(health);
    assert_non_null(strstr(ask(ops, "GET", "/livez"), "HTTP/1.1 200"));
    assert_non_null(strstr(ask(ops, "GET", "/readyz"), "HTTP/1.1 503"));
    assert_non_null(strstr(reply, "\"status\":\"starting\""));
    make_ready(health);
    assert_non_null(strstr(ask(ops, "GET", "/readyz"), "HTTP/1.1 200"));
    assert_non_null(strstr(reply, "application/json"));
    health_stop(health);
    assert_non_null(strstr(ask(ops, "GET", "/readyz"), "HTTP/1.1 503"));
    assert_non_null(strstr(reply, "\"status\":\"stopping\""));
    ops_close(ops);
    health_close(health);
}

static void test_metrics(void **state)
{
    struct health *health = health_open(1);
    struct ops *ops = open_ops(health);
    assert_non_null(strstr(ask(ops, "GET", "/metrics"), "text/plain; version=0.0.4"));
    assert_non_null(strstr(reply, "\nyibaod_build_info{"));
    const char *head = ask(ops, "HEAD", "/metrics");
    assert_non_null(strstr(head, "HTTP/1.1 200"));
    assert_string_equal(strstr(head, "\r\n\r\n"), "\r\n\r\n");
    ops_close(ops);
    health_close(health);
}

static void test_refusals(void **state)
{
    struct health *health = health_open(1);
    struct ops *ops = open_ops(health);
    assert_non_null(strstr(ask(ops, "GET", "/v1/regions"), "HTTP/1.1 404"));
    assert_non_null(strstr(reply, "application/problem+json"));
    assert_non_null(strstr(reply, "\"code\":\"not_found\"}"));
    assert_non_null(strstr(ask(ops, "POST", "/metrics"), "HTTP/1.1 405"));
    assert_non_null(strstr(reply, "Allow: GET, HEAD"));
    ops_close(ops);
    health_close(health);
}

static void test_bad_addresses(void **state)
{
    struct health *health = health_open(1);
    const char *error = NULL;
    assert_null(ops_open(&(struct config){.ops_listen = "localhost"}, health, &error));
    assert_non_null(error);
    error = NULL;
    assert_null(ops_open(&(struct config){.ops_listen = "192.0.2.1:1"}, health, &error));
    assert_non_null(error);
    health_close(health);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bad_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
