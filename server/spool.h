/* Files that clients send, sealed on disk until their job is over: nobody who only reads the disk can read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/span.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file <id>.spool is a row of pieces, each a value sealed by the keyring: 64 KiB of content but for the last one,
 * bound to the file's id and the piece's number, the last one marked as such. So a piece that is changed, moved, or
 * missing is noticed.
 *
 * Content is sealed and written piece by piece on the caller's thread, also a reactor's: sealing 64 KiB takes some 30
 * µs, and write(2) into the page cache about as long. It is not synced there, which may take seconds: that is for the
 * thread that works on the file (spool_sync). Until then a crash of the machine loses the file, which is noticed, and
 * its job then fails.
 */
#define SPOOL_PIECE_BYTES 65536

struct spool; /* a directory; read-only after opening: shared by all threads */
struct spool_file;

/* Makes the directory (0700) when it is missing. NULL with a line for a person in *error. */
struct spool *spool_open(const struct config *config, const struct keyring *keyring, const char **error);
void spool_close(struct spool *spool);
/* Tells this directory from others: a job's file is only where it was received. */
struct uuid spool_id(const struct spool *spool);
/* <directory>/<id>.spool */
void spool_path(const struct spool *spool, struct uuid id, char *out, size_t out_bytes);

/* One that is being received, locked until it is closed. NULL when it cannot be made. */
struct spool_file *spool_file_create(const struct spool *spool, struct uuid id);
/* False when there is no room, or the disk failed: nothing more can be appended then. */
bool spool_file_append(struct spool_file *file, struct span bytes);
bool spool_file_finish(struct spool_file *file); /* after the last byte; false as above */
/* Removes the file unless it is kept; wipes the memory. */
void spool_file_close(struct spool_file *file, bool keep);

bool spool_sync(const struct spool *spool, struct uuid id); /* to the disk, with its name; false when it is not there */
void spool_remove(const struct spool *spool, struct uuid id);
/* Calls `is_wanted` for each file that nobody is receiving, and removes it when the answer is false. */
void spool_sweep(const struct spool *spool, bool (*is_wanted)(void *cls, struct uuid id), void *cls);

/* The content of a whole file, from malloc. False when it cannot be read, is not complete, or was changed. */
bool spool_read(const struct keyring *keyring, const char *path, struct uuid id, char **content, size_t *content_bytes);
/* The same where there is room for it already; false too when it is not as long as that. */
bool spool_read_into(const struct keyring *keyring, const char *path, struct uuid id, char *content,
                     size_t content_bytes);
