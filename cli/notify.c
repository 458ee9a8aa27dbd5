/* Sends datagrams to the service manager. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/notify.h"
#include "server/clock.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path == NULL ? 0 : strlen(path);
    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract namespace */
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0)
        return;
    socklen_t address_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    (void)!sendto(file, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, address_bytes);
    close(file);
}

/* 0: the manager does not ask, or asks another process. */
static int64_t watchdog_us(void)
{
    const char *interval = getenv("WATCHDOG_USEC");
    const char *process = getenv("WATCHDOG_PID");
    if (interval == NULL || (process != NULL && strtoll(process, NULL, 10) != getpid()))
        return 0;
    int64_t interval_us = strtoll(interval, NULL, 10);
    return interval_us > 0 ? interval_us : 0;
}

int notify_wait(const sigset_t *signals, const struct health *health)
{
    int64_t turn_us = watchdog_us() / 2;
    const struct timespec turn = {.tv_sec = turn_us / 1000000, .tv_nsec = turn_us % 1000000 * 1000};
    for (;;) {
        int number = turn_us == 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &turn);
        if (number > 0)
            return number;
        if (turn_us != 0 && health_is_live(health, clock_monotonic_us()))
            notify("WATCHDOG=1");
    }
}
