/* Which encoding a file is in, and UTF-8 as one text for the rest of the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/encoding.h"
#include "server/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define UTF8_MARK "\xEF\xBB\xBF"
#define GB18030_MARK "\x84\x31\x95\x33"
#define REPLACEMENT "\xEF\xBF\xBD"
#define CONVERT_BYTES (256 * 1024)

static bool starts_with(struct span text, const char *mark, size_t length)
{
    return text.length >= length && memcmp(text.bytes, mark, length) == 0;
}

enum encoding encoding_detect(struct span content, bool *is_clean)
{
    *is_clean = false;
    if (starts_with(content, GB18030_MARK, 4)) {
        return ENCODING_GB18030;
    }
    struct utf8_count count = utf8_count(content);
    bool has_nul = content.length > 0 && memchr(content.bytes, '\0', content.length) != NULL;
    *is_clean = count.bad == 0 && count.replaced == 0 && !has_nul;
    bool has_mark = starts_with(content, UTF8_MARK, 3);
    return has_mark || count.bad == 0 || count.good >= count.bad ? ENCODING_UTF8 : ENCODING_GB18030;
}

struct span encoding_without_mark(struct span content)
{
    size_t mark = starts_with(content, UTF8_MARK, 3) ? 3 : 0;
    return (struct span){.bytes = content.bytes + mark, .length = content.length - mark};
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool convert(iconv_t converter, struct span content, int file, char *out, size_t out_bytes)
{
    char *in = (char *)(uintptr_t)content.bytes; /* iconv does not write there */
    size_t left = content.length;
    while (left > 0) {
        char *next = out;
        size_t room = out_bytes - (sizeof(REPLACEMENT) - 1);
        size_t result = iconv(converter, &in, &left, &next, &room);
        int error = errno;
        if (result == (size_t)-1 && error != E2BIG && left > 0) {
            memcpy(next, REPLACEMENT, sizeof(REPLACEMENT) - 1);
            next += sizeof(REPLACEMENT) - 1;
            in++;
            left--;
        }
        if (!write_all(file, out, (size_t)(next - out))) {
            return false;
        }
    }
    return true;
}

static int open_unlinked(void)
{
    const char *directory = getenv("TMPDIR");
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/yibaod-import-XXXXXX", directory == NULL ? "/tmp" : directory);
    int file = length > 0 && (size_t)length < sizeof(path) ? mkostemp(path, O_CLOEXEC) : -1;
    if (file >= 0) {
        unlink(path);
    }
    return file;
}

int encoding_gb18030_to_file(struct span content, bool in_memory)
{
    int file = in_memory ? memfd_create("yibaod-import", MFD_CLOEXEC) : open_unlinked();
    if (file < 0) {
        return -1;
    }
    char *out = malloc(CONVERT_BYTES);
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    bool ok = out != NULL && converter != (iconv_t)-1 && convert(converter, content, file, out, CONVERT_BYTES);
    if (converter != (iconv_t)-1) {
        iconv_close(converter);
    }
    free(out);
    if (!ok) {
        close(file);
        return -1;
    }
    return file;
}
