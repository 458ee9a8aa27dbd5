/* Reads numbers by groups: of four digits in Chinese, of three in English. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/spoken_number.h"
#include <assert.h>
#include <stdbool.h>

static const char *const digits_zh[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

struct reading {
    struct text *out;
    bool says_liang; /* a 2 at the beginning is 两 */
    bool begun;
};

static void say(struct reading *reading, const char *word)
{
    text_append_z(reading->out, word);
    reading->begun = true;
}

static void say_digit(struct reading *reading, unsigned digit, bool is_ten)
{
    if (!reading->begun && digit == 1 && is_ten) {
        return; /* 十二, not 一十二 */
    }
    bool is_liang = !reading->begun && digit == 2 && !is_ten && reading->says_liang;
    say(reading, is_liang ? "两" : digits_zh[digit]);
}

/* 1 to 9999 */
static void say_group(struct reading *reading, unsigned number)
{
    static const struct {
        unsigned value;
        const char *unit;
    } places[] = {{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}};
    bool any = false, skipped = false;
    for (int i = 0; i < 4; i++) {
        unsigned digit = number / places[i].value % 10;
        if (digit == 0) {
            skipped = any;
            continue;
        }
        if (skipped) {
            say(reading, digits_zh[0]);
        }
        skipped = false;
        any = true;
        say_digit(reading, digit, places[i].value == 10);
        say(reading, places[i].unit);
    }
}

static void say_zh(struct reading *reading, uint64_t number)
{
    static const struct {
        uint64_t value;
        const char *unit;
    } scales[] = {{100000000, "亿"}, {10000, "万"}};
    for (int i = 0; i < 2; i++) {
        uint64_t rest = number % scales[i].value;
        if (number < scales[i].value) {
            continue;
        }
        say_zh(reading, number / scales[i].value); /* ten million million is 十万 of 亿 */
        say(reading, scales[i].unit);
        if (rest > 0 && rest < scales[i].value / 10) {
            say(reading, digits_zh[0]);
        }
        number = rest;
    }
    if (number > 0) {
        say_group(reading, (unsigned)number);
    }
}

static void say_whole_zh(struct text *out, uint64_t number, bool says_liang)
{
    struct reading reading = {.out = out, .says_liang = says_liang};
    assert(number <= SPOKEN_NUMBER_MAXIMUM);
    if (number == 0) {
        say(&reading, digits_zh[0]);
    }
    say_zh(&reading, number);
}

void spoken_quantity_zh(struct text *out, uint64_t number)
{
    say_whole_zh(out, number, true);
}

void spoken_ordinal_zh(struct text *out, uint64_t number)
{
    say_whole_zh(out, number, false);
}

void spoken_digits_zh(struct text *out, uint64_t number)
{
    if (number >= 10) {
        spoken_digits_zh(out, number / 10);
    }
    text_append_z(out, digits_zh[number % 10]);
}

static const char *const small_en[] = {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
                                       "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                                       "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens_en[] = {"",      "",      "twenty",  "thirty", "forty",
                                      "fifty", "sixty", "seventy", "eighty", "ninety"};

/* 0 to 99 */
static void say_tens_en(struct text *out, unsigned number)
{
    if (number < 20) {
        text_append_z(out, small_en[number]);
        return;
    }
    text_append_z(out, tens_en[number / 10]);
    if (number % 10 != 0) {
        text_append_char(out, '-');
        text_append_z(out, small_en[number % 10]);
    }
}

/* 1 to 999 */
static void say_group_en(struct text *out, unsigned number)
{
    if (number >= 100) {
        text_append_z(out, small_en[number / 100]);
        text_append_z(out, number % 100 == 0 ? " hundred" : " hundred and ");
    }
    if (number % 100 != 0) {
        say_tens_en(out, number % 100);
    }
}

void spoken_number_en(struct text *out, uint64_t number)
{
    static const struct {
        uint64_t value;
        const char *name;
    } scales[] = {{UINT64_C(1000000000000), " trillion"},
                  {1000000000, " billion"},
                  {1000000, " million"},
                  {1000, " thousand"},
                  {1, ""}};
    assert(number <= SPOKEN_NUMBER_MAXIMUM);
    bool begun = false;
    if (number == 0) {
        text_append_z(out, small_en[0]);
    }
    for (int i = 0; i < 5; i++) {
        unsigned group = (unsigned)(number / scales[i].value % 1000);
        if (group == 0) {
            continue;
        }
        bool is_small_end = scales[i].value == 1 && group < 100;
        if (begun) {
            text_append_z(out, is_small_end ? " and " : " ");
        }
        begun = true;
        say_group_en(out, group);
        text_append_z(out, scales[i].name);
    }
}

void spoken_ordinal_en(struct text *out, unsigned number)
{
    static const char *const ordinals[] = {
        "",           "first",     "second",    "third",       "fourth",     "fifth",      "sixth",
        "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};
    assert(number >= 1 && number <= 31);
    if (number <= 20) {
        text_append_z(out, ordinals[number]);
    } else if (number == 30) {
        text_append_z(out, "thirtieth");
    } else {
        text_append_z(out, number < 30 ? "twenty-" : "thirty-");
        text_append_z(out, ordinals[number % 10]);
    }
}
