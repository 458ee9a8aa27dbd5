/* Where the SQL and data files of this version are. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/*
 * `given` (from --db) when not NULL; else db/ beside the directory of the program (a checkout: build/yibaod),
 * ../share/yibaod/db from it (installed), or db/ where the program was started. False after one line on stderr.
 */
bool db_directory_find(const char *given, char *out, size_t out_bytes);
