/* Lists of plain words as SQL takes them: one text, joined by commas. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/words.h"

struct span words_join(struct arena *arena, const struct arg *arg)
{
    size_t length = 0;
    for (size_t i = 0; arg->present && i < arg->texts.count; i++) {
        length += arg->texts.items[i].length + 1;
    }
    char *joined = length == 0 ? NULL : arena_alloc(arena, length);
    if (joined == NULL) {
        return SPAN("");
    }
    char *end = joined;
    for (size_t i = 0; i < arg->texts.count; i++) {
        if (i > 0) {
            *end++ = ',';
        }
        memcpy(end, arg->texts.items[i].bytes, arg->texts.items[i].length);
        end += arg->texts.items[i].length;
    }
    return (struct span){.bytes = joined, .length = (size_t)(end - joined)};
}
