/* The file to import: a copy in memory, in UTF-8, with its fingerprint. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/source.h"
#include "cli/import/encoding.h"
#include "server/spool.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, const char *what)
{
    fprintf(stderr, "yibaod import: %s: %s\n", path, what);
    return false;
}

/* Bytes read, fewer than asked only at the end of the file; -1 on failure. */
static ssize_t read_all(int file, char *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = pread(file, bytes + done, length - done, (off_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool is_unchanged(int file, const struct stat *before)
{
    struct stat now;
    return fstat(file, &now) == 0 && now.st_size == before->st_size && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* A copy rather than a mapping: fingerprint, encoding and rows must be of the same bytes, and a file cut short must not
 * kill the program. */
static bool copy_file(struct source *source, int file, const char *path)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
        return fail(path, "not a regular file, or empty");
    }
    size_t length = (size_t)status.st_size;
    source->copy = malloc(length);
    if (source->copy == NULL) {
        return fail(path, "does not fit into memory: divide it");
    }
    ssize_t got = read_all(file, source->copy, length);
    if (got < 0) {
        return fail(path, strerror(errno));
    }
    if ((size_t)got != length || !is_unchanged(file, &status)) {
        return fail(path, "changed while it was read: try again when it is complete");
    }
    source->content = (struct span){.bytes = source->copy, .length = length};
    return true;
}

static bool convert(struct source *source, const char *path)
{
    int converted = encoding_gb18030_to_file(source->content, source->is_sealed);
    source_close(source);
    if (converted < 0) {
        return fail(path, "cannot be converted from GB18030: is there room under TMPDIR?");
    }
    bool ok = copy_file(source, converted, path);
    close(converted);
    return ok;
}

static bool prepare(struct source *source, const char *path)
{
    if (EVP_Digest(source->copy, source->content.length, source->sha256, NULL, EVP_sha256(), NULL) != 1) {
        return fail(path, "SHA-256 failed");
    }
    source->is_gb18030 = encoding_detect(source->content, &source->is_clean) == ENCODING_GB18030;
    if (source->is_gb18030 && !convert(source, path)) {
        return false;
    }
    source->content = encoding_without_mark(source->content);
    return true;
}

bool source_open(struct source *source, const char *path)
{
    *source = (struct source){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fail(path, strerror(errno));
    }
    bool ok = copy_file(source, file, path) && prepare(source, path);
    close(file);
    if (!ok) {
        source_close(source);
    }
    return ok;
}

bool source_open_sealed(struct source *source, const char *path, struct uuid id, const struct keyring *keyring)
{
    size_t length = 0;
    *source = (struct source){.is_sealed = true};
    if (!spool_read(keyring, path, id, &source->copy, &length)) {
        return fail(path, "is not there, not complete, or was changed");
    }
    source->content = (struct span){.bytes = source->copy, .length = length};
    if (length > 0 && prepare(source, path)) {
        return true;
    }
    source_close(source);
    return false;
}

void source_close(struct source *source)
{
    free(source->copy);
    source->copy = NULL;
    source->content = (struct span){0};
}
