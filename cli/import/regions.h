/* The regions whose rows may be imported: codes separated by commas. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

bool regions_are_codes(const char *regions); /* six digits each */
bool regions_cover(const char *regions, struct span pool_code);
