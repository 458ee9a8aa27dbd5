/* Months, their days, and the days of the rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"

int32_t month_of_day(int32_t day);
int32_t month_first_day(int32_t month);
int32_t month_last_day(int32_t month);
/* That day of the month, the last one where the month is shorter or `day` is 0. */
int32_t month_day(int32_t month, int32_t day);
int32_t later(int32_t a, int32_t b);
