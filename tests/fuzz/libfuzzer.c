/* What libFuzzer calls: the target that YIBAO_FUZZ_TARGET names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("YIBAO_FUZZ_TARGET");
    (void)argc, (void)argv;
    for (target = fuzz_targets; target->name != NULL; target++)
        if (name != NULL && strcmp(target->name, name) == 0)
            break;
    if (target->name == NULL) {
        fputs("YIBAO_FUZZ_TARGET names no target of tests/fuzz/fuzz.h\n", stderr);
        exit(2);
    }
    fuzz_begin();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    target->run((struct span){.bytes = (const char *)bytes, .length = length});
    return 0;
}
