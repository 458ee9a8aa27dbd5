/* The file to import: mapped into memory, in UTF-8, with its fingerprint. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/source.h"
#include "cli/import/encoding.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, const char *what)
{
    fprintf(stderr, "yibaod import: %s: %s\n", path, what);
    return false;
}

/* Takes the descriptor. */
static bool map_file(struct source *source, int file, const char *path)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
        close(file);
        return fail(path, "not a regular file, or empty");
    }
    source->mapping_bytes = (size_t)status.st_size;
    source->mapping = mmap(NULL, source->mapping_bytes, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (source->mapping == MAP_FAILED) {
        source->mapping = NULL;
        return fail(path, strerror(errno));
    }
    madvise(source->mapping, source->mapping_bytes, MADV_SEQUENTIAL);
    source->content = (struct span){.bytes = source->mapping, .length = source->mapping_bytes};
    return true;
}

bool source_open(struct source *source, const char *path)
{
    *source = (struct source){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fail(path, strerror(errno));
    }
    if (!map_file(source, file, path)) {
        return false;
    }
    if (EVP_Digest(source->mapping, source->mapping_bytes, source->sha256, NULL, EVP_sha256(), NULL) != 1) {
        source_close(source);
        return fail(path, "SHA-256 failed");
    }
    source->is_gb18030 = encoding_detect(source->content, &source->is_clean) == ENCODING_GB18030;
    if (source->is_gb18030) {
        int converted = encoding_gb18030_to_file(source->content);
        munmap(source->mapping, source->mapping_bytes);
        source->mapping = NULL;
        if (converted < 0) {
            return fail(path, "cannot be converted from GB18030: is there room under TMPDIR?");
        }
        if (!map_file(source, converted, path)) {
            return false;
        }
    }
    source->content = encoding_without_mark(source->content);
    return true;
}

void source_close(struct source *source)
{
    if (source->mapping != NULL) {
        munmap(source->mapping, source->mapping_bytes);
    }
    *source = (struct source){0};
}
