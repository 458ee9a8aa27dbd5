/* The fuzz targets: each takes any bytes, drives one parser of the program, and aborts when what must hold does not. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#undef NDEBUG /* a check that is compiled away finds nothing */
#include "server/span.h"
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* TARGET(name): fuzz_<name> in <name>.c, tests/fuzz/corpus/<name>/, and perhaps dictionaries/<name>.dict */
#define FUZZ_TARGETS(TARGET)                                                                                           \
    TARGET(request)                                                                                                    \
    TARGET(json_body)                                                                                                  \
    TARGET(query)                                                                                                      \
    TARGET(cursor)                                                                                                     \
    TARGET(token)                                                                                                      \
    TARGET(import_csv)                                                                                                 \
    TARGET(settlement_csv)                                                                                             \
    TARGET(amount)                                                                                                     \
    TARGET(identifiers)                                                                                                \
    TARGET(negotiation)                                                                                                \
    TARGET(small_headers)                                                                                              \
    TARGET(document)                                                                                                   \
    TARGET(dates)                                                                                                      \
    TARGET(written_text)                                                                                               \
    TARGET(journal)                                                                                                    \
    TARGET(spool)                                                                                                      \
    TARGET(settings)                                                                                                   \
    TARGET(keyed_in)

struct fuzz_target {
    const char *name;
    void (*run)(struct span input); /* a copy of its own on the heap, so that a byte too far is seen */
};

extern const struct fuzz_target fuzz_targets[]; /* ends with a NULL name */

/* Before the first input: what the program opens at its start. */
void fuzz_begin(void);

/* Takes the first byte off; 0 when there is none. */
static inline uint8_t fuzz_take_byte(struct span *input)
{
    if (input->length == 0)
        return 0;
    uint8_t byte = (uint8_t)input->bytes[0];
    input->bytes++;
    input->length--;
    return byte;
}

/* Takes what stands before the next `separator`, which goes too; everything when there is none. */
static inline struct span fuzz_take_part(struct span *input, char separator)
{
    const char *end = input->length == 0 ? NULL : memchr(input->bytes, separator, input->length);
    struct span part = {.bytes = input->bytes, .length = end == NULL ? input->length : (size_t)(end - input->bytes)};
    size_t used = end == NULL ? part.length : part.length + 1;
    input->bytes += used;
    input->length -= used;
    return part;
}

#define FUZZ_DECLARE(name) void fuzz_##name(struct span input);
FUZZ_TARGETS(FUZZ_DECLARE)
#undef FUZZ_DECLARE
