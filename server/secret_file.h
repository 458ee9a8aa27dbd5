/* Files that hold a secret: opened only when nobody but their owner and root can read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define SECRET_LINE_BYTES_MAXIMUM 4096

/*
 * A descriptor to close(2), or -1 with *why, the end of a sentence that begins with the file's name; errno is then
 * ENOENT only when there is no such file. Owner: this process's user or root. Mode 0440 is good for what is root's and
 * the group root's: so does a credential of systemd look, whose access list names this process's user.
 */
int secret_file_open(const char *path, const char **why);
/* The first line, without its end, as text. False with *why, also when it is empty or has no room. Caller wipes `out`.
 */
bool secret_file_read_line(const char *path, char *out, size_t out_bytes, const char **why);
