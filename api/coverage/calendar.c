/* Months, their days, and the days of the rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/calendar.h"
#include "server/clock.h"

int32_t month_of_day(int32_t day)
{
    int32_t year, month, of_month;
    date_to_civil(day, &year, &month, &of_month);
    return 12 * year + month - 1;
}

int32_t month_first_day(int32_t month)
{
    return date_from_civil(month / 12, month % 12 + 1, 1);
}

int32_t month_last_day(int32_t month)
{
    return month_first_day(month + 1) - 1;
}

int32_t month_day(int32_t month, int32_t day)
{
    int32_t last = month_last_day(month);
    int32_t asked = month_first_day(month) + day - 1;
    return day == 0 || asked > last ? last : asked;
}

int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}
