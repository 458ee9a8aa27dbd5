/* Reads and makes the master key's file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/master_key.h"
#include "server/secret_file.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEX_DIGITS (2 * KEY_BYTES)

static enum master_key_outcome refuse(struct text *error, const char *path, const char *why)
{
    text_printf(error, "master key file %s %s", path, why);
    return MASTER_KEY_REFUSED;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool decode(const char digits[HEX_DIGITS], uint8_t out[KEY_BYTES])
{
    for (size_t i = 0; i < KEY_BYTES; i++) {
        int high = hex_value(digits[2 * i]), low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum master_key_outcome read_open(int file, const char *path, uint8_t out[KEY_BYTES], struct text *error)
{
    char digits[HEX_DIGITS + 2];
    ssize_t length = read(file, digits, sizeof digits);
    bool has_line_end = length == HEX_DIGITS + 1 && digits[HEX_DIGITS] == '\n';
    bool is_decoded = (length == HEX_DIGITS || has_line_end) && decode(digits, out);
    OPENSSL_cleanse(digits, sizeof digits);
    return is_decoded ? MASTER_KEY_READ : refuse(error, path, "does not hold exactly 64 hexadecimal digits");
}

enum master_key_outcome master_key_read(const char *path, uint8_t out[KEY_BYTES], struct text *error)
{
    const char *why;
    int file = secret_file_open(path, &why);
    if (file < 0)
        return errno == ENOENT ? MASTER_KEY_ABSENT : refuse(error, path, why);
    enum master_key_outcome outcome = read_open(file, path, out, error);
    close(file);
    return outcome;
}

bool master_key_next_path(const char *path, char *out, size_t out_bytes)
{
    int length = snprintf(out, out_bytes, "%s.next", path);
    return length > 0 && (size_t)length < out_bytes;
}

enum master_key_outcome master_keys_read(const char *path, struct master_keys *out, struct text *error)
{
    char next[4096];
    *out = (struct master_keys){0};
    enum master_key_outcome outcome = master_key_read(path, out->bytes[0], error);
    if (outcome != MASTER_KEY_READ)
        return outcome;
    out->count = 1;
    if (!master_key_next_path(path, next, sizeof next))
        return outcome;
    switch (master_key_read(next, out->bytes[1], error)) {
    case MASTER_KEY_READ:
        out->count = 2;
        return outcome;
    case MASTER_KEY_ABSENT:
        return outcome;
    case MASTER_KEY_REFUSED:
        return MASTER_KEY_REFUSED;
    }
    __builtin_unreachable();
}

/* A key that is lost with the machine's memory would take every sealed value with it. */
static bool make_durable(int file, const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    bool is_done = directory >= 0 && fsync(file) == 0 && fsync(directory) == 0;
    if (directory >= 0)
        close(directory);
    return is_done;
}

bool master_key_create(const char *path, uint8_t out[KEY_BYTES], struct text *error)
{
    char line[HEX_DIGITS + 2];
    if (RAND_bytes(out, KEY_BYTES) != 1) {
        text_printf(error, "no random bytes for a master key");
        return false;
    }
    for (size_t i = 0; i < KEY_BYTES; i++)
        snprintf(line + 2 * i, 3, "%02x", out[i]);
    line[HEX_DIGITS] = '\n';
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool is_done = file >= 0 && write(file, line, HEX_DIGITS + 1) == HEX_DIGITS + 1 && make_durable(file, path);
    if (!is_done)
        text_printf(error, "cannot create master key file %s: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    if (file >= 0 && !is_done)
        unlink(path); /* half a key would be refused for ever */
    OPENSSL_cleanse(line, sizeof line);
    return is_done;
}
