/* A pipe or terminal is opened anew without blocking, a socket is sent to without waiting, a file is written to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log_sink.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    int fd;
    bool is_socket;
    size_t piece_bytes; /* written in one call: a pipe takes up to PIPE_BUF whole or not at all */
} sink = {.fd = STDERR_FILENO};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* O_NONBLOCK on descriptor 2 itself would reach everybody who shares it, the operator's shell among them. */
static void open_sink(void)
{
    struct stat about;
    sink.piece_bytes = SIZE_MAX;
    if (fstat(STDERR_FILENO, &about) != 0 || S_ISREG(about.st_mode))
        return;
    sink.is_socket = S_ISSOCK(about.st_mode);
    if (sink.is_socket)
        return;
    sink.fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (sink.fd < 0)
        sink.fd = STDERR_FILENO;
    sink.piece_bytes = PIPE_BUF;
}

/* As many whole lines as fit one call; a line longer than that goes alone. */
static size_t piece(const char *lines, size_t length)
{
    if (length <= sink.piece_bytes)
        return length;
    const char *end = memrchr(lines, '\n', sink.piece_bytes);
    if (end == NULL)
        end = memchr(lines, '\n', length);
    return end == NULL ? length : (size_t)(end - lines) + 1;
}

static ssize_t write_piece(const char *bytes, size_t length)
{
    ssize_t count;
    do {
        count =
            sink.is_socket ? send(sink.fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) : write(sink.fd, bytes, length);
    } while (count < 0 && errno == EINTR);
    return count;
}

size_t log_sink_write(const char *lines, size_t length, bool *broken)
{
    size_t written = 0;
    pthread_once(&once, open_sink);
    *broken = false;
    while (written < length) {
        ssize_t count = write_piece(lines + written, piece(lines + written, length - written));
        if (count < 0) {
            *broken = errno != EAGAIN;
            break;
        }
        written += (size_t)count;
    }
    return written;
}
