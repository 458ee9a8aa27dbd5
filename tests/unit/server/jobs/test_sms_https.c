/* server/jobs/sms_https.c: a message is given up in time, also one whose time is almost over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs/sms.h"
#include "tests/unit/harness.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANGS_S 60 /* then the signal ends the program */

/* Accepts connections and never answers. */
static int open_mute_gateway(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(url, 64, "http://127.0.0.1:%u/sms", ntohs(address.sin_port));
    return fd;
}

static void test_no_time_left_is_not_endless_time(void **state)
{
    char url[64];
    const char *error = NULL;
    int gateway_fd = open_mute_gateway(url);
    int stop_fd = eventfd(0, 0);
    struct config config = {.mode = "development", .sms_gateway = url, .sms_key_file = ""};
    struct sms_gateway *gateway = sms_open(&config, &error);
    assert_non_null(gateway);
    alarm(HANGS_S);
    for (int64_t timeout_ms = -1; timeout_ms <= 1; timeout_ms++) {
        const struct sms_message message = {.to = SPAN("13800000000"), .text = SPAN("hello"), .timeout_ms = timeout_ms};
        assert_int_equal(sms_send(gateway, &message, stop_fd, &error), SMS_AGAIN);
        assert_string_equal(error, "gateway_unreachable");
    }
    alarm(0);
    sms_close(gateway);
    close(stop_fd);
    close(gateway_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_time_left_is_not_endless_time),
    };
    return sms_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
