/* The guard's look for bytes of the header that the parser passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/guard.h"

/* Whether each text follows the one before it with nothing but the delimiters between. See guard_input.layout_bytes. */
bool guard_layout_is_whole(const struct guard_input *input);
