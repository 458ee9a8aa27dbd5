/* The memory that Jansson works with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

void json_memory_install(void); /* before the first use of Jansson, and before there are threads */
/*
 * Whether some was refused on this thread since this was asked last: Jansson says so of a parse nowhere, or gives it
 * the code of malformed text.
 */
bool json_memory_was_short(void);
