/* Where log lines go: standard error, without ever waiting for whoever reads it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/*
 * Takes as many whole lines from the front as can be written now and says how many bytes that were. Lines of several
 * threads do not mix. `broken`: nobody will ever read it. A file is waited for as long as its disk takes.
 */
size_t log_sink_write(const char *lines, size_t length, bool *broken);
