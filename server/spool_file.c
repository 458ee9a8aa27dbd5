/* Seals what is received into a file, piece by piece, and opens it again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/spool_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALED_BYTES (SPOOL_PIECE_BYTES + SEAL_OVERHEAD_BYTES)

struct spool_file {
    const struct spool *spool;
    struct uuid id;
    int fd;
    bool failed;
    unsigned pieces;
    size_t plain_bytes;
    char plain[SPOOL_PIECE_BYTES];
    uint8_t sealed[SEALED_BYTES];
};

/* What a piece is bound to besides the file's id. */
static void name_piece(unsigned number, bool is_last, char out[40])
{
    snprintf(out, 40, is_last ? "spool.last.%u" : "spool.piece.%u", number);
}

struct spool_file *spool_file_create(const struct spool *spool, struct uuid id)
{
    char name[SPOOL_NAME_BYTES];
    char birth_name[SPOOL_NAME_BYTES];
    struct spool_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    spool_file_name(id, name);
    spool_birth_name(id, birth_name);
    file->spool = spool;
    file->id = id;
    /* It gets its name with its lock on: a sweep never sees it without. */
    file->fd = openat(spool->directory_fd, birth_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd >= 0 && flock(file->fd, LOCK_EX | LOCK_NB) == 0 &&
        renameat(spool->directory_fd, birth_name, spool->directory_fd, name) == 0)
        return file;
    if (file->fd >= 0) {
        unlinkat(spool->directory_fd, birth_name, 0);
        close(file->fd);
    }
    free(file);
    return NULL;
}

static bool write_all(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool write_piece(struct spool_file *file, bool is_last)
{
    char name[40];
    size_t sealed_bytes = 0;
    name_piece(file->pieces++, is_last, name);
    struct span plain = {.bytes = file->plain, .length = file->plain_bytes};
    file->plain_bytes = 0;
    file->failed =
        !keyring_seal(file->spool->keyring, name, file->id, plain, file->sealed, sizeof file->sealed, &sealed_bytes) ||
        !write_all(file->fd, file->sealed, sealed_bytes);
    return !file->failed;
}

bool spool_file_append(struct spool_file *file, struct span bytes)
{
    while (bytes.length > 0 && !file->failed) {
        /* A full piece waits for the next byte: it may be the last one. */
        if (file->plain_bytes == SPOOL_PIECE_BYTES && !write_piece(file, false))
            break;
        size_t room = SPOOL_PIECE_BYTES - file->plain_bytes;
        size_t taken = bytes.length < room ? bytes.length : room;
        memcpy(file->plain + file->plain_bytes, bytes.bytes, taken);
        file->plain_bytes += taken;
        bytes.bytes += taken;
        bytes.length -= taken;
    }
    return !file->failed;
}

bool spool_file_finish(struct spool_file *file)
{
    return !file->failed && write_piece(file, true);
}

void spool_file_close(struct spool_file *file, bool keep)
{
    if (!keep)
        spool_remove(file->spool, file->id);
    close(file->fd);
    explicit_bzero(file->plain, sizeof file->plain);
    free(file);
}

/* Every piece but the last is full, so the length of the file tells where each one is. */
static bool read_pieces(const struct keyring *keyring, FILE *in, struct uuid id, size_t pieces, char *out,
                        size_t room_bytes, size_t *out_bytes)
{
    uint8_t sealed[SEALED_BYTES];
    char name[40];
    for (size_t i = 0; i < pieces; i++) {
        size_t plain_bytes = 0;
        size_t length = fread(sealed, 1, sizeof sealed, in);
        struct span piece = {.bytes = (const char *)sealed, .length = length};
        name_piece((unsigned)i, i + 1 == pieces, name);
        if (!keyring_unseal(keyring, name, id, piece, out + *out_bytes, room_bytes - *out_bytes, &plain_bytes))
            return false;
        *out_bytes += plain_bytes;
    }
    return true;
}

/* NULL when it cannot be read, or is empty. */
static FILE *open_pieces(const char *path, size_t *pieces)
{
    struct stat status;
    FILE *in = fopen(path, "re");
    if (in != NULL && fstat(fileno(in), &status) == 0 && status.st_size > 0) {
        *pieces = ((size_t)status.st_size + SEALED_BYTES - 1) / SEALED_BYTES;
        return in;
    }
    if (in != NULL)
        fclose(in);
    return NULL;
}

bool spool_read_into(const struct keyring *keyring, const char *path, struct uuid id, char *content,
                     size_t content_bytes)
{
    size_t pieces, read_bytes = 0;
    FILE *in = open_pieces(path, &pieces);
    bool ok = in != NULL && read_pieces(keyring, in, id, pieces, content, content_bytes, &read_bytes);
    if (in != NULL)
        fclose(in);
    return ok && read_bytes == content_bytes;
}

bool spool_read(const struct keyring *keyring, const char *path, struct uuid id, char **content, size_t *content_bytes)
{
    size_t pieces;
    FILE *in = open_pieces(path, &pieces);
    if (in == NULL)
        return false;
    size_t room_bytes = pieces * SPOOL_PIECE_BYTES + 1;
    *content_bytes = 0;
    *content = malloc(room_bytes);
    bool ok = *content != NULL && read_pieces(keyring, in, id, pieces, *content, room_bytes, content_bytes);
    fclose(in);
    if (!ok) {
        free(*content);
        *content = NULL;
    }
    return ok;
}
