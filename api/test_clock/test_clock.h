/* What the test clock is told of, and whether there is one. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"

enum problem test_clock_refusal(void); /* in production there is none: not_found */
/* Takes over what the database says, for it may be ahead of what this process has noticed, and writes both clocks. */
enum problem test_clock_render(int64_t advance_us, struct reply *reply);
