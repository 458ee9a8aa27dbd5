/* Lists of plain words as SQL takes them: one text, joined by commas. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/*
 * An argument of kind ARG_TEXTS whose items are of a closed list or six digits, so that none holds a comma. Empty when
 * it is absent, or without memory.
 */
struct span words_join(struct arena *arena, const struct arg *arg);
