/* The memory that Jansson works with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

void json_memory_install(void); /* before the first use of Jansson, and before there are threads */
/*
 * json_loadb, but for memory that runs out: Jansson 2.14 and older take no notice when their buffer cannot grow, leave
 * characters out of texts and numbers, and read and write past its end. So the parse is left at the first allocation
 * that is refused: NULL and *was_short, and nothing of it remains. Else *was_short is false, and all is as documented.
 * Needs json_memory_install().
 */
json_t *json_memory_load(const char *text, size_t length, size_t flags, json_error_t *error, bool *was_short);
/* For what json_dumps gives, which free() does not fit. */
void json_memory_free(void *memory);
