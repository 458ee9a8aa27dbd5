/* api/hotline/spoken_*.c: numbers, amounts and dates as people say them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/spoken_amount.h"
#include "api/hotline/spoken_date.h"
#include "api/hotline/spoken_number.h"
#include "server/clock.h"
#include "tests/unit/harness.h"

#define ROOM_BYTES 1000

struct case_of_number {
    uint64_t number;
    const char *words;
};

static void check_number(void (*say)(struct text *, uint64_t), uint64_t number, const char *words)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    say(&text, number);
    assert_span_equal(text_span(&text), words);
    text_fini(&text);
}

static void test_quantities_in_chinese(void **state)
{
    static const struct case_of_number cases[] = {
        {0, "零"},
        {1, "一"},
        {2, "两"},
        {10, "十"},
        {12, "十二"},
        {15, "十五"},
        {20, "二十"},
        {22, "二十二"},
        {100, "一百"},
        {101, "一百零一"},
        {110, "一百一十"},
        {115, "一百一十五"},
        {200, "两百"},
        {202, "两百零二"},
        {222, "两百二十二"},
        {1000, "一千"},
        {1005, "一千零五"},
        {1015, "一千零一十五"},
        {1050, "一千零五十"},
        {1500, "一千五百"},
        {1842, "一千八百四十二"},
        {2222, "两千二百二十二"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_number(spoken_quantity_zh, cases[i].number, cases[i].words);
}

static void test_large_quantities_in_chinese(void **state)
{
    static const struct case_of_number cases[] = {
        {10000, "一万"},
        {10005, "一万零五"},
        {10015, "一万零一十五"},
        {10500, "一万零五百"},
        {15000, "一万五千"},
        {20000, "两万"},
        {22000, "两万二千"},
        {100000, "十万"},
        {100005, "十万零五"},
        {120000, "十二万"},
        {200000, "二十万"},
        {1002000, "一百万二千"},
        {1005000, "一百万五千"},
        {1000015, "一百万零一十五"},
        {10010000, "一千零一万"},
        {20000000, "两千万"},
        {100000000, "一亿"},
        {100000001, "一亿零一"},
        {100005000, "一亿零五千"},
        {105000000, "一亿零五百万"},
        {150000000, "一亿五千万"},
        {200000000, "两亿"},
        {1000000000, "十亿"},
        {100010001, "一亿零一万零一"},
        {1000100000000, "一万零一亿"},
        {UINT64_C(90071992547409), "九十万零七百一十九亿九千二百五十四万七千四百零九"},
        {UINT64_C(10000000000000), "十万亿"},
        {UINT64_C(10000000000005), "十万亿零五"},
        {UINT64_C(20000000000000), "二十万亿"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_number(spoken_quantity_zh, cases[i].number, cases[i].words);
}

static void test_ordinals_and_digits_in_chinese(void **state)
{
    check_number(spoken_ordinal_zh, 2, "二");
    check_number(spoken_ordinal_zh, 12, "十二");
    check_number(spoken_digits_zh, 2026, "二零二六");
    check_number(spoken_digits_zh, 0, "零");
}

static void test_numbers_in_english(void **state)
{
    static const struct case_of_number cases[] = {
        {0, "zero"},
        {13, "thirteen"},
        {20, "twenty"},
        {42, "forty-two"},
        {100, "one hundred"},
        {101, "one hundred and one"},
        {1000, "one thousand"},
        {1005, "one thousand and five"},
        {1100, "one thousand one hundred"},
        {1842, "one thousand eight hundred and forty-two"},
        {100005, "one hundred thousand and five"},
        {1000000, "one million"},
        {1842005, "one million eight hundred and forty-two thousand and five"},
        {2000100, "two million one hundred"},
        {UINT64_C(90071992547409),
         "ninety trillion seventy-one billion nine hundred and ninety-two million five hundred "
         "and forty-seven thousand four hundred and nine"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_number(spoken_number_en, cases[i].number, cases[i].words);
}

static void check_amount(int64_t amount_fen, const char *zh, const char *en)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    spoken_amount_zh(&text, amount_fen);
    assert_span_equal(text_span(&text), zh);
    text_clear(&text);
    spoken_amount_en(&text, amount_fen);
    assert_span_equal(text_span(&text), en);
    text_fini(&text);
}

static void test_amounts(void **state)
{
    check_amount(184250, "一千八百四十二元五角", "one thousand eight hundred and forty-two yuan and fifty fen");
    check_amount(0, "零元", "zero yuan");
    check_amount(1, "一分", "one fen");
    check_amount(2, "两分", "two fen");
    check_amount(5, "五分", "five fen");
    check_amount(10, "一角", "ten fen");
    check_amount(20, "两角", "twenty fen");
    check_amount(22, "两角二分", "twenty-two fen");
    check_amount(100, "一元", "one yuan");
    check_amount(101, "一元零一分", "one yuan and one fen");
    check_amount(110, "一元一角", "one yuan and ten fen");
    check_amount(200, "两元", "two yuan");
    check_amount(222, "两元二角二分", "two yuan and twenty-two fen");
    check_amount(1000, "十元", "ten yuan");
    check_amount(1005, "十元零五分", "ten yuan and five fen");
    check_amount(1050, "十元五角", "ten yuan and fifty fen");
    check_amount(1200, "十二元", "twelve yuan");
    check_amount(20000, "两百元", "two hundred yuan");
    check_amount(10000000, "十万元", "one hundred thousand yuan");
    check_amount(-500, "负五元", "minus five yuan");
    check_amount(-2, "负两分", "minus two fen");
    check_amount(SPOKEN_AMOUNT_MAXIMUM_FEN, "九十万零七百一十九亿九千二百五十四万七千四百零九元九角一分",
                 "ninety trillion seventy-one billion nine hundred and ninety-two million five hundred and forty-seven "
                 "thousand four hundred and nine yuan and ninety-one fen");
}

static void check_date(int32_t year, int32_t month, int32_t day, const char *zh, const char *en)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    spoken_date_zh(&text, date_from_civil(year, month, day));
    assert_span_equal(text_span(&text), zh);
    text_clear(&text);
    spoken_date_en(&text, date_from_civil(year, month, day));
    assert_span_equal(text_span(&text), en);
    text_fini(&text);
}

static void test_dates(void **state)
{
    check_date(2026, 5, 22, "二零二六年五月二十二日", "the twenty-second of May twenty twenty-six");
    check_date(2000, 1, 1, "二零零零年一月一日", "the first of January two thousand");
    check_date(2005, 12, 31, "二零零五年十二月三十一日", "the thirty-first of December two thousand and five");
    check_date(2010, 2, 2, "二零一零年二月二日", "the second of February twenty ten");
    check_date(1998, 10, 20, "一九九八年十月二十日", "the twentieth of October nineteen ninety-eight");
    check_date(1905, 11, 12, "一九零五年十一月十二日", "the twelfth of November nineteen oh five");
    check_date(1900, 3, 30, "一九零零年三月三十日", "the thirtieth of March nineteen hundred");
}

static void test_nothing_is_cut_in_silence(void **state)
{
    struct text text;
    text_init(&text, 10);
    spoken_amount_en(&text, 184250);
    assert_true(text.failed);
    text_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities_in_chinese),
        cmocka_unit_test(test_large_quantities_in_chinese),
        cmocka_unit_test(test_ordinals_and_digits_in_chinese),
        cmocka_unit_test(test_numbers_in_english),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_nothing_is_cut_in_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
