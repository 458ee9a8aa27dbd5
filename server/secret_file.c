/* Opens and reads files that hold a secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/secret_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *fault_of(int file)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return "is not a regular file";
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return "belongs to another user, who knows it and can change it";
    bool is_credential = status.st_uid == 0 && status.st_gid == 0 && (status.st_mode & 0777) == 0440;
    if ((status.st_mode & 077) != 0 && !is_credential)
        return "can be read by others than its owner: chmod 600 it, and think about who may have";
    return NULL;
}

int secret_file_open(const char *path, const char **why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *why = file < 0 ? strerror(errno) : fault_of(file);
    if (file < 0 || *why == NULL)
        return file;
    close(file);
    errno = EACCES;
    return -1;
}

bool secret_file_read_line(const char *path, char *out, size_t out_bytes, const char **why)
{
    int file = secret_file_open(path, why);
    if (file < 0)
        return false;
    ssize_t length = read(file, out, out_bytes);
    close(file);
    size_t line_bytes = length < 0 ? 0 : (size_t)length;
    const char *end = memchr(out, '\n', line_bytes);
    if (end != NULL)
        line_bytes = (size_t)(end - out);
    if (line_bytes > 0 && out[line_bytes - 1] == '\r')
        line_bytes--;
    *why = line_bytes == out_bytes ? "has too long a first line" : "has no first line";
    if (line_bytes == 0 || line_bytes == out_bytes || memchr(out, '\0', line_bytes) != NULL)
        return false;
    out[line_bytes] = '\0';
    return true;
}
