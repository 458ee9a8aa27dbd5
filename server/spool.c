/* The directory of received files: its identity, its files' names, what is left over in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/spool_internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define IDENTITY "spool.id"
#define SUFFIX ".spool"
#define BIRTH_SUFFIX ".new" /* it lasts a moment: one that is old was left by a crash */
#define BIRTH_AGE_S 60

/* Several processes may open a new directory at once: the first link(2) wins. */
static bool make_identity(int directory_fd, struct uuid *id)
{
    char text[UUID_TEXT_LENGTH + 1];
    char name[64];
    *id = uuid_make(uuid_random_key());
    uuid_format(*id, text);
    snprintf(name, sizeof name, "%s" BIRTH_SUFFIX, text);
    int file = openat(directory_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = file >= 0 && write(file, text, UUID_TEXT_LENGTH) == UUID_TEXT_LENGTH && fsync(file) == 0;
    if (file >= 0)
        close(file);
    ok = ok && (linkat(directory_fd, name, directory_fd, IDENTITY, 0) == 0 || errno == EEXIST);
    unlinkat(directory_fd, name, 0);
    return ok;
}

static bool read_identity(int directory_fd, struct uuid *id)
{
    char text[UUID_TEXT_LENGTH];
    int file = openat(directory_fd, IDENTITY, O_RDONLY | O_CLOEXEC);
    bool ok = file >= 0 && read(file, text, sizeof text) == (ssize_t)sizeof text &&
              uuid_parse((struct span){.bytes = text, .length = sizeof text}, id);
    if (file >= 0)
        close(file);
    return ok;
}

/* What is missing of it; whether it can be used shows when it is opened. */
static void make_directories(const char *path)
{
    char part[4096];
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
    mkdir(path, 0700);
}

struct spool *spool_open(const struct config *config, const struct keyring *keyring, const char **error)
{
    *error = "YIBAO_SPOOL_DIR cannot be made, or is not a directory to write to";
    struct spool *spool = calloc(1, sizeof *spool);
    if (spool == NULL)
        return NULL;
    spool->keyring = keyring;
    spool->directory = config->spool_directory;
    make_directories(spool->directory);
    spool->directory_fd = open(spool->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    bool ok = spool->directory_fd >= 0 && fstat(spool->directory_fd, &status) == 0;
    if (ok && (status.st_mode & 077) != 0) {
        *error = "YIBAO_SPOOL_DIR can be read by others: chmod 700";
        ok = false;
    }
    if (ok && (read_identity(spool->directory_fd, &spool->id) ||
               (make_identity(spool->directory_fd, &spool->id) && read_identity(spool->directory_fd, &spool->id))))
        return spool;
    spool_close(spool);
    return NULL;
}

void spool_close(struct spool *spool)
{
    if (spool->directory_fd >= 0)
        close(spool->directory_fd);
    free(spool);
}

struct uuid spool_id(const struct spool *spool)
{
    return spool->id;
}

void spool_file_name(struct uuid id, char out[SPOOL_NAME_BYTES])
{
    uuid_format(id, out);
    memcpy(out + UUID_TEXT_LENGTH, SUFFIX, sizeof SUFFIX);
}

void spool_birth_name(struct uuid id, char out[SPOOL_NAME_BYTES])
{
    uuid_format(id, out);
    memcpy(out + UUID_TEXT_LENGTH, BIRTH_SUFFIX, sizeof BIRTH_SUFFIX);
}

void spool_path(const struct spool *spool, struct uuid id, char *out, size_t out_bytes)
{
    char name[SPOOL_NAME_BYTES];
    spool_file_name(id, name);
    snprintf(out, out_bytes, "%s/%s", spool->directory, name);
}

bool spool_sync(const struct spool *spool, struct uuid id)
{
    char name[SPOOL_NAME_BYTES];
    spool_file_name(id, name);
    int file = openat(spool->directory_fd, name, O_RDONLY | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0 && fsync(spool->directory_fd) == 0;
    if (file >= 0)
        close(file);
    return ok;
}

void spool_remove(const struct spool *spool, struct uuid id)
{
    char name[SPOOL_NAME_BYTES];
    spool_file_name(id, name);
    unlinkat(spool->directory_fd, name, 0);
}

/* Whoever receives a file holds its lock, until its job is stored. */
static bool is_being_received(int directory_fd, const char *name)
{
    int file = openat(directory_fd, name, O_RDONLY | O_CLOEXEC);
    bool is_locked = file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0;
    if (file >= 0)
        close(file);
    return is_locked;
}

static bool has_form(const char *name, const char *suffix, struct uuid *id)
{
    return strlen(name) == UUID_TEXT_LENGTH + strlen(suffix) && strcmp(name + UUID_TEXT_LENGTH, suffix) == 0 &&
           uuid_parse((struct span){.bytes = name, .length = UUID_TEXT_LENGTH}, id);
}

static bool is_old(int directory_fd, const char *name)
{
    struct stat status;
    return fstatat(directory_fd, name, &status, 0) == 0 && status.st_mtim.tv_sec + BIRTH_AGE_S < time(NULL);
}

void spool_sweep(const struct spool *spool, bool (*is_wanted)(void *cls, struct uuid id), void *cls)
{
    DIR *directory = opendir(spool->directory);
    /* cppcheck-suppress readdirCalled ; no other thread has this DIR */
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        struct uuid id;
        const char *name = entry->d_name;
        /* In this order: a file whose lock was let go has its job already, if it ever gets one. */
        bool is_left = has_form(name, SUFFIX, &id)
                           ? !is_being_received(spool->directory_fd, name) && !is_wanted(cls, id)
                           : has_form(name, BIRTH_SUFFIX, &id) && is_old(spool->directory_fd, name);
        if (is_left)
            unlinkat(spool->directory_fd, name, 0);
    }
    if (directory != NULL)
        closedir(directory);
}
