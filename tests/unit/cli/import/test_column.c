/* Headers of files against the columns of a kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness.h"

#include "cli/import/kind.h"
#include "cli/import/parse.h"
#include <string.h>

static const struct column columns[] = {
    {"citizen_number", "身份证号|公民身份号码", true, parse_citizen_number, NULL, NULL},
    {"personal_yuan", "个人缴费|personal", true, parse_amount, NULL, NULL},
    {"channel", "缴费渠道", false, parse_short_text, NULL, NULL},
};

static struct header header;
static const char *error;

static bool map(struct csv_record *record)
{
    return header_map(record, columns, COUNT_OF(columns), &header, &error);
}

static struct csv_record record_of(const char *const *fields, uint32_t count)
{
    struct csv_record record = {.status = CSV_OK, .line = 1, .fields_count = count};
    for (uint32_t i = 0; i < count; i++) {
        record.fields[i] = span_of(fields[i]);
    }
    return record;
}

#define RECORD(...)                                                                                                    \
    record_of((const char *const[]){__VA_ARGS__}, (uint32_t)COUNT_OF(((const char *const[]){__VA_ARGS__})))

static void test_any_order_and_language(void **state)
{
    struct csv_record record = RECORD("个人缴费（元）", "Citizen_Number", "缴费渠道");
    assert_true(map(&record));
    assert_int_equal(header.field_of[0], 1);
    assert_int_equal(header.field_of[1], 0);
    assert_int_equal(header.field_of[2], 2);
    record = RECORD("公民身份号码", "PERSONAL(元)");
    assert_true(map(&record));
    assert_int_equal(header.field_of[2], HEADER_ABSENT);
    assert_int_equal(header.fields_count, 2);
}

static void test_all_complaints_at_once(void **state)
{
    struct csv_record record = RECORD("身份证号", "公民身份号码", "鞋码", "");
    assert_false(map(&record));
    assert_string_equal(error, "column given twice: \"公民身份号码\"; unknown column \"鞋码\"; unknown column \"\"; "
                               "missing column \"personal_yuan\"");
}

static void test_a_name_must_match_whole(void **state)
{
    static const char *const near[] = {"身份证",      "身份证号|公民身份号码", "|",
                                       "个人缴费(元", "personal_yuan ",        "personal|"};
    for (size_t i = 0; i < COUNT_OF(near); i++) {
        struct csv_record record = RECORD("citizen_number", "personal_yuan", near[i]);
        assert_false(map(&record));
    }
}

static void test_complaints_are_bounded(void **state)
{
    static char name[4000];
    memset(name, 'n', sizeof(name) - 1);
    struct csv_record record = {.status = CSV_OK, .line = 1, .fields_count = CSV_FIELDS_MAX};
    for (uint32_t i = 0; i < CSV_FIELDS_MAX; i++) {
        record.fields[i] = span_of(name);
    }
    assert_false(map(&record));
    assert_true(strlen(error) < 4096);
}

static void test_words(void **state)
{
    assert_true(words_contain("310|职工|Employee", SPAN("职工")));
    assert_true(words_contain("310|职工|Employee", SPAN("EMPLOYEE")));
    assert_false(words_contain("310|职工|Employee", SPAN("31")));
    assert_false(words_contain("310|职工|Employee", (struct span){0}));
    assert_false(words_contain("", SPAN("310")));
    assert_false(words_contain("a||b", SPAN("|")));
}

/* No word may mean two columns of one kind. */
static void test_headers_are_unambiguous(void **state)
{
    const struct import_kind *const kinds[] = {&import_enrolments, &import_contributions, &import_opening_balances};
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        for (size_t i = 0; i < kinds[k]->columns_count; i++) {
            for (size_t j = 0; j < kinds[k]->columns_count; j++) {
                const char *name = kinds[k]->columns[j].name;
                assert_false(words_contain(kinds[k]->columns[i].synonyms, span_of(name)));
            }
            for (const char *at = kinds[k]->columns[i].synonyms; *at != '\0';) {
                size_t length = strcspn(at, "|");
                for (size_t j = 0; j < kinds[k]->columns_count; j++) {
                    struct span word = {.bytes = at, .length = length};
                    assert_int_equal(words_contain(kinds[k]->columns[j].synonyms, word), i == j);
                }
                at += length + (at[length] == '|');
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order_and_language),
        cmocka_unit_test(test_all_complaints_at_once),
        cmocka_unit_test(test_a_name_must_match_whole),
        cmocka_unit_test(test_complaints_are_bounded),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_headers_are_unambiguous),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
