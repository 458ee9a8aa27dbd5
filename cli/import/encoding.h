/* Which encoding a file is in, and UTF-8 as one text for the rest of the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>

enum encoding { ENCODING_UTF8, ENCODING_GB18030 };

/*
 * A byte-order mark decides. Else text that is UTF-8 throughout is UTF-8; of what is left, text in which broken
 * sequences outnumber the good ones is GB18030, and the rest is damaged UTF-8, whose bad lines are reported.
 * `*is_clean`: not a single broken sequence, no U+FFFD, no NUL.
 */
enum encoding encoding_detect(struct span content, bool *is_clean);
struct span encoding_without_mark(struct span content);
/* Converts to UTF-8 into an unlinked file, under TMPDIR or in memory, and returns its descriptor, -1 on failure.
 * Unreadable bytes become U+FFFD. */
int encoding_gb18030_to_file(struct span content, bool in_memory);
