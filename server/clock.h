/* Two clocks: business time, which a test may move, and monotonic time, which nobody may. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * Instants are microseconds since 1970-01-01T00:00:00Z; dates are days since 1970-01-01; months are 12 × year + month
 * − 1. Business days are those of Asia/Shanghai (UTC+8, no daylight saving since 1991). All functions are thread-safe.
 */
int64_t clock_business_us(void);  /* drives business dates, hold expiry, schedules; moved by the test clock */
int64_t clock_real_us(void);      /* token life, signature windows, logs: never moved */
int64_t clock_monotonic_us(void); /* deadlines and time-outs */
/* The test clock; the caller has checked that the mode allows it: at start, and what the deployment adds while it runs.
 */
void clock_move_to_us(int64_t instant_us);
void clock_advance_to_us(
    int64_t wanted_us); /* older news than what is known already change nothing: it never goes back */
int64_t clock_advanced_us(void);
void clock_fix(void); /* production: from now on nothing moves it */

int32_t clock_date_of(int64_t instant_us);   /* the day in Shanghai */
int64_t clock_instant_of_date(int32_t days); /* that day's 00:00 in Shanghai */
int32_t date_from_civil(int32_t year, int32_t month, int32_t day);
void date_to_civil(int32_t days, int32_t *year, int32_t *month, int32_t *day);

/* Parsers return false for anything that is not exactly the form and a real date. */
bool date_parse(struct span text, int32_t *days);          /* YYYY-MM-DD */
bool month_parse(struct span text, int32_t *month);        /* YYYY-MM; year 1900 to 9999 */
bool instant_parse(struct span text, int64_t *instant_us); /* RFC 3339 with offset */
void date_format(int32_t days, char out[11]);
void month_format(int32_t month, char out[8]);
void instant_format(int64_t instant_us, char out[33]); /* 2026-01-31T09:30:00.000000+08:00 */
