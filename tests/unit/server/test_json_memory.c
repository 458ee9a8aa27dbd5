/* server/json_memory.c: a parse whose memory runs out at any moment writes past nothing, and leaves nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=malloc_usable_size */
#include "server/json_memory.h"
#include "tests/unit/failing_memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those above first */
#include <cmocka.h>

#define FENCE_BYTES 64
#define FENCE 0xA5
#define BLOCKS 4096

void __real_free(void *memory);
void __wrap_free(void *memory);
size_t __real_malloc_usable_size(void *memory);
size_t __wrap_malloc_usable_size(void *memory);

/* What the program has asked for between fence_begin and fence_end, each with a fence behind it. */
static struct {
    uint8_t *bytes;
    size_t size_bytes;
} blocks[BLOCKS];
static int blocks_count, live;

static void *fenced(size_t size_bytes)
{
    assert_true(blocks_count < BLOCKS);
    uint8_t *bytes = __real_malloc(size_bytes + FENCE_BYTES);
    assert_non_null(bytes);
    memset(bytes, 0x5A, size_bytes);
    memset(bytes + size_bytes, FENCE, FENCE_BYTES);
    blocks[blocks_count].bytes = bytes;
    blocks[blocks_count++].size_bytes = size_bytes;
    live++;
    return bytes;
}

static int find_fenced(const void *memory)
{
    for (int i = blocks_count - 1; memory != NULL && i >= 0; i--)
        if (blocks[i].bytes == memory)
            return i;
    return -1;
}

static void check_fence(int i)
{
    for (size_t at = 0; at < FENCE_BYTES; at++)
        assert_int_equal(blocks[i].bytes[blocks[i].size_bytes + at], FENCE);
}

size_t __wrap_malloc_usable_size(void *memory)
{
    int i = find_fenced(memory);
    return i < 0 ? __real_malloc_usable_size(memory) : blocks[i].size_bytes;
}

void __wrap_free(void *memory)
{
    int i = find_fenced(memory);
    if (i >= 0) {
        check_fence(i);
        for (size_t at = 0; at < blocks[i].size_bytes; at++)
            assert_int_equal(blocks[i].bytes[at], 0); /* wiped */
        blocks[i].bytes = NULL;
        live--;
    }
    __real_free(memory);
}

static json_t *load(const char *text, bool *was_short)
{
    json_error_t error;
    blocks_count = 0;
    allocations_failed = 0;
    allocations_source = fenced;
    json_t *json = json_memory_load(text, strlen(text), JSON_REJECT_DUPLICATES, &error, was_short);
    allocations_source = __real_malloc;
    allocations_left = -1;
    return json;
}

static void fail_each(const char *text, const char *value)
{
    for (int left = 0, has_failed = 1; has_failed; left++) {
        bool was_short;
        allocations_left = left;
        json_t *json = load(text, &was_short);
        has_failed = allocations_failed > 0;
        assert_int_equal(was_short, has_failed);
        assert_int_equal(json != NULL, !has_failed);
        assert_true(has_failed ? live == 0 : live > 0);
        if (json != NULL)
            assert_string_equal(json_string_value(json_array_get(json, 0)), value);
        json_decref(json);
        assert_int_equal(live, 0);
    }
}

static void fail_all(int in_a_row)
{
    char filling[300], text[700], value[400];
    allocations_fail_in_a_row = in_a_row;
    for (int length = 0; length < 280; length++) {
        memset(filling, 'x', (size_t)length);
        filling[length] = '\0';
        snprintf(text, sizeof text, "[\"%s\"]", filling);
        fail_each(text, filling);
        snprintf(text, sizeof text, "[\"%s\\\"\\u533b\\n\", {\"%s\": -12345678901234567}]", filling, filling);
        snprintf(value, sizeof value, "%s\"\u533b\n", filling);
        fail_each(text, value);
    }
    allocations_fail_in_a_row = 0;
}

static void test_a_parse_without_memory(void **state)
{
    static const int in_a_row[] = {0, 1, 2, 3, 7, 30};
    json_memory_install();
    for (size_t i = 0; i < sizeof in_a_row / sizeof in_a_row[0]; i++)
        fail_all(in_a_row[i]);
}

static void test_what_is_malformed_is_not_short(void **state)
{
    static const char *const texts[] = {"",     "[",          "{\"a\": 1, \"a\": 2}",
                                        "[1e]", "[\"\x80\"]", "[99999999999999999999]"};
    json_memory_install();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool was_short = true;
        assert_null(load(texts[i], &was_short));
        assert_false(was_short);
        assert_int_equal(live, 0);
    }
}

static void test_outside_of_a_parse_a_refusal_is_returned(void **state)
{
    json_memory_install();
    allocations_left = 0;
    json_t *none = json_string("x");
    allocations_left = -1;
    assert_null(none);
    json_t *one = json_string("x");
    char *text = json_dumps(one, JSON_ENCODE_ANY);
    assert_string_equal(text, "\"x\"");
    json_memory_free(text);
    json_memory_free(NULL);
    json_decref(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_parse_without_memory),
        cmocka_unit_test(test_what_is_malformed_is_not_short),
        cmocka_unit_test(test_outside_of_a_parse_a_refusal_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
