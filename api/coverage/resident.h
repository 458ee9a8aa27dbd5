/* Benefits, broken years and waiting periods of the resident scheme (docs/rules.md 2; docs/coverage.md, "Resident"). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"

/* All that `on` asks; `payment` is for paying on that day. */
void resident_answer(const struct coverage_history *history, const struct coverage_resident_rule *rule, int32_t on,
                     struct coverage_answer *answer);
