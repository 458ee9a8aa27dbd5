/* The memory that Jansson works with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

void json_memory_install(void); /* before the first use of Jansson, and before there are threads */
/*
 * Whether some was refused on this thread since this was asked last. What was parsed meanwhile is not to be used:
 * Jansson leaves characters out of texts and numbers when it has no room for them, or calls good text malformed.
 */
bool json_memory_was_short(void);
