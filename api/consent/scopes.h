/* What a client may be allowed to see, in the one order in which SQL keeps and compares it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* The scopes of an argument, in alphabetical order, joined by commas. Empty without memory. */
struct span scopes_join(struct arena *arena, const struct arg *arg);
