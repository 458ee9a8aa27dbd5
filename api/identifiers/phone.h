/* Telephone numbers: 7 to 15 digits, without blanks and signs. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

bool phone_is_valid(struct span text);
