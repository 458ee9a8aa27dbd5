/* Clocks, and the civil calendar without the C library's time zones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include <stdatomic.h>
#include <time.h>

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)
#define SHANGHAI_US (8 * 3600 * SECOND_US)

/* 0001-01-01 and 9999-12-31: what four digits of year can show. */
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896

static _Atomic int64_t business_offset_us;
static _Atomic int64_t advance_us; /* of the whole deployment, on top */
static _Atomic bool is_fixed;

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_real_us(void)
{
    return read_clock_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

int64_t clock_business_us(void)
{
    return clock_real_us() + atomic_load_explicit(&business_offset_us, memory_order_relaxed) + clock_advanced_us();
}

void clock_move_to_us(int64_t instant_us)
{
    atomic_store_explicit(&business_offset_us, instant_us - clock_real_us(), memory_order_relaxed);
}

void clock_fix(void)
{
    atomic_store(&is_fixed, true);
}

int64_t clock_advanced_us(void)
{
    return atomic_load_explicit(&advance_us, memory_order_relaxed);
}

void clock_advance_to_us(int64_t wanted_us)
{
    int64_t known_us = clock_advanced_us();
    while (!atomic_load_explicit(&is_fixed, memory_order_relaxed) && known_us < wanted_us &&
           !atomic_compare_exchange_weak(&advance_us, &known_us, wanted_us))
        ;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

int32_t clock_date_of(int64_t instant_us)
{
    /* Divided before the offset is added: no instant can overflow. */
    int64_t days = floor_divide(instant_us, DAY_US);
    int64_t within_us = instant_us - days * DAY_US;
    return (int32_t)(days + (within_us + SHANGHAI_US >= DAY_US));
}

int64_t clock_instant_of_date(int32_t days)
{
    return (int64_t)days * DAY_US - SHANGHAI_US;
}

/*
 * Years are counted from 1 March, so that the leap day is a year's last, in eras of 400 years = 146097 days;
 * 719468 days lie between 0000-03-01 and 1970-01-01.
 */
int32_t date_from_civil(int32_t year, int32_t month, int32_t day)
{
    int64_t march_year = (int64_t)year - (month <= 2);
    int64_t era = floor_divide(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * 146097 + day_of_era - 719468);
}

void date_to_civil(int32_t days, int32_t *year, int32_t *month, int32_t *day)
{
    int64_t shifted = (int64_t)days + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    *day = (int32_t)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int32_t)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

/* Takes exactly `count` digits off the front. */
static bool take_digits(struct span *text, size_t count, int32_t *value)
{
    if (text->length < count)
        return false;
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        char c = text->bytes[i];
        if (c < '0' || c > '9')
            return false;
        *value = *value * 10 + (c - '0');
    }
    text->bytes += count;
    text->length -= count;
    return true;
}

static bool take_char(struct span *text, char c)
{
    if (text->length == 0 || text->bytes[0] != c)
        return false;
    text->bytes++;
    text->length--;
    return true;
}

static bool take_date(struct span *text, int32_t *days)
{
    int32_t year;
    int32_t month;
    int32_t day;
    if (!take_digits(text, 4, &year) || !take_char(text, '-') || !take_digits(text, 2, &month) ||
        !take_char(text, '-') || !take_digits(text, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *days = date_from_civil(year, month, day);
    int32_t same_year;
    int32_t same_month;
    int32_t same_day;
    date_to_civil(*days, &same_year, &same_month, &same_day);
    return same_day == day; /* 31 April came back as 1 May */
}

bool date_parse(struct span text, int32_t *days)
{
    return take_date(&text, days) && text.length == 0;
}

bool month_parse(struct span text, int32_t *month)
{
    int32_t year;
    int32_t month_of_year;
    if (!take_digits(&text, 4, &year) || !take_char(&text, '-') || !take_digits(&text, 2, &month_of_year))
        return false;
    if (text.length != 0 || year < 1900 || month_of_year < 1 || month_of_year > 12)
        return false;
    *month = year * 12 + month_of_year - 1;
    return true;
}

/* hh:mm:ss with up to nine digits of fraction; what is finer than a microsecond is cut off. A leap second is refused.
 */
static bool take_time(struct span *text, int64_t *within_us)
{
    int32_t hour;
    int32_t minute;
    int32_t second;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
        !take_char(text, ':') || !take_digits(text, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    *within_us = ((hour * 60 + minute) * 60 + second) * SECOND_US;
    if (!take_char(text, '.'))
        return true;
    int32_t digit;
    int digits = 0;
    for (int64_t unit_us = SECOND_US / 10; take_digits(text, 1, &digit); unit_us /= 10, digits++)
        *within_us += digit * unit_us;
    return digits >= 1 && digits <= 9;
}

static bool take_offset(struct span *text, int64_t *offset_us)
{
    *offset_us = 0;
    if (take_char(text, 'Z') || take_char(text, 'z'))
        return true;
    bool is_west = take_char(text, '-');
    int32_t hours;
    int32_t minutes;
    if (!is_west && !take_char(text, '+'))
        return false;
    if (!take_digits(text, 2, &hours) || !take_char(text, ':') || !take_digits(text, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    *offset_us = (is_west ? -60 : 60) * (hours * 60 + minutes) * SECOND_US;
    return true;
}

bool instant_parse(struct span text, int64_t *instant_us)
{
    int32_t days;
    int64_t within_us;
    int64_t offset_us;
    if (!take_date(&text, &days) || !(take_char(&text, 'T') || take_char(&text, 't')) ||
        !take_time(&text, &within_us) || !take_offset(&text, &offset_us) || text.length != 0)
        return false;
    *instant_us = days * DAY_US + within_us - offset_us;
    int32_t date = clock_date_of(*instant_us);
    return date >= FIRST_DAY && date <= LAST_DAY;
}

static void put_digits(char *out, int count, int64_t value)
{
    while (count-- > 0) {
        out[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* PostgreSQL's infinities and other unshowable days become the first or last that can be shown. */
static int32_t showable(int32_t days)
{
    return days < FIRST_DAY ? FIRST_DAY : days > LAST_DAY ? LAST_DAY : days;
}

void date_format(int32_t days, char out[11])
{
    int32_t year;
    int32_t month;
    int32_t day;
    date_to_civil(showable(days), &year, &month, &day);
    memcpy(out, "0000-00-00", 11);
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day);
}

void month_format(int32_t month, char out[8])
{
    memcpy(out, "0000-00", 8);
    put_digits(out, 4, month / 12);
    put_digits(out + 5, 2, month % 12 + 1);
}

void instant_format(int64_t instant_us, char out[33])
{
    int64_t first_us = clock_instant_of_date(FIRST_DAY);
    int64_t last_us = clock_instant_of_date(LAST_DAY) + DAY_US - 1;
    int64_t shown_us = instant_us < first_us ? first_us : instant_us > last_us ? last_us : instant_us;
    int32_t days = clock_date_of(shown_us);
    int64_t within_us = shown_us - clock_instant_of_date(days);
    date_format(days, out);
    memcpy(out + 10, "T00:00:00.000000+08:00", 23);
    put_digits(out + 11, 2, within_us / (3600 * SECOND_US));
    put_digits(out + 14, 2, within_us / (60 * SECOND_US) % 60);
    put_digits(out + 17, 2, within_us / SECOND_US % 60);
    put_digits(out + 20, 6, within_us % SECOND_US);
}
