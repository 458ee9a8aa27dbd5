/* Replays the corpora: each input of each target once, without libFuzzer, in the form of a unit test program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_BYTES_MAX (1 << 20)

/* Which input it was, should it abort. */
static char path[PATH_MAX];

static void run_file(const struct fuzz_target *target)
{
    static char bytes[INPUT_BYTES_MAX];
    FILE *file = fopen(path, "re");
    assert(file != NULL);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    assert(length < sizeof bytes && !ferror(file));
    fclose(file);
    char *copy = malloc(length == 0 ? 1 : length);
    assert(copy != NULL);
    memcpy(copy, bytes, length);
    target->run((struct span){.bytes = copy, .length = length});
    free(copy);
}

static unsigned run_corpus(const struct fuzz_target *target, const char *corpora)
{
    char name[PATH_MAX];
    unsigned count = 0;
    snprintf(name, sizeof name, "%s/%s", corpora, target->name);
    DIR *directory = opendir(name);
    assert(directory != NULL && "a target without a corpus");
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", corpora, target->name, entry->d_name);
        printf("%s\n", path);
        run_file(target);
        count++;
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    const char *corpora = argc > 1 ? argv[1] : "tests/fuzz/corpus";
    setvbuf(stdout, NULL, _IOLBF, 0);
    fuzz_begin();
    for (const struct fuzz_target *target = fuzz_targets; target->name != NULL; target++) {
        unsigned count = run_corpus(target, corpora);
        assert(count > 0);
        printf("[       OK ] %s: %u inputs\n", target->name, count);
    }
    return 0;
}
