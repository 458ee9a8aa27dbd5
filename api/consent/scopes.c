/* What a client may be allowed to see, in the one order in which SQL keeps and compares it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/consent/scopes.h"

static const char *const names[] = {"balance", "contributions", "enrolments", "entries"};

static bool holds(const struct arg *arg, const char *name)
{
    for (size_t i = 0; i < arg->texts.count; i++) {
        if (span_equal(arg->texts.items[i], span_of(name))) {
            return true;
        }
    }
    return false;
}

struct span scopes_join(struct arena *arena, const struct arg *arg)
{
    const char *joined = "";
    for (size_t i = 0; i < sizeof names / sizeof *names && joined != NULL; i++) {
        if (holds(arg, names[i])) {
            joined = arena_printf(arena, "%s%s%s", joined, *joined == '\0' ? "" : ",", names[i]);
        }
    }
    return span_of(joined);
}
