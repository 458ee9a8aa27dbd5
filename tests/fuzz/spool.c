/* A sealed file of the spool: one that was changed, cut or made up does not open, and a whole one opens to its content.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/spool.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/keys.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct uuid id = {{1, 2, 3}};

static bool opens_to(const char *path, int file, struct span stored, struct span content)
{
    char *read = NULL;
    size_t read_bytes = 0;
    assert(ftruncate(file, 0) == 0 && pwrite(file, stored.bytes, stored.length, 0) == (ssize_t)stored.length);
    bool is_open = spool_read(fuzz_keyring(), path, id, &read, &read_bytes);
    assert(is_open == (read != NULL));
    bool is_same = is_open && span_equal((struct span){.bytes = read, .length = read_bytes}, content);
    assert(!is_open || is_same); /* never to anything else */
    free(read);
    return is_open;
}

void fuzz_spool(struct span input)
{
    static uint8_t sealed[SPOOL_PIECE_BYTES + SEAL_OVERHEAD_BYTES];
    static int file = -1;
    char path[64];
    size_t sealed_bytes;
    if (file < 0)
        file = memfd_create("yibaod-fuzz", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    assert(file >= 0);
    opens_to(path, file, input, SPAN("(made up)"));
    uint8_t at = fuzz_take_byte(&input), change = fuzz_take_byte(&input);
    if (input.length > SPOOL_PIECE_BYTES)
        return;
    assert(keyring_seal(fuzz_keyring(), "spool.last.0", id, input, sealed, sizeof sealed, &sealed_bytes));
    struct span stored = {.bytes = (const char *)sealed, .length = sealed_bytes};
    assert(opens_to(path, file, stored, input));
    sealed[((size_t)at << 8 | change) % sealed_bytes] ^= (uint8_t)(change | 1);
    assert(!opens_to(path, file, stored, input));
    stored.length = sealed_bytes - 1 - change % (sealed_bytes - 1);
    assert(!opens_to(path, file, stored, input));
}
