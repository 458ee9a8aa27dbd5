/* server/arena.c: alignment, clean-ups, and memory that runs out. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "server/arena.h"
#include "tests/unit/failing_memory.h"
#include "tests/unit/harness.h"
#include <stdalign.h>

static char order[16];
static size_t order_length;

static void note(void *object)
{
    order[order_length++] = *(const char *)object;
}

static void test_alloc_is_zeroed_aligned_and_separate(void **state)
{
    struct arena *arena = arena_open();
    char *all[400];
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        size_t size = i * 7 % 3000;
        all[i] = arena_alloc(arena, size);
        assert_non_null(all[i]);
        assert_int_equal((uintptr_t)all[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(all[i][j], 0);
        memset(all[i], (int)(i % 251), size);
    }
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        for (size_t j = 0; j < i * 7 % 3000; j++)
            assert_int_equal((unsigned char)all[i][j], i % 251);
    }
    assert_false(arena_is_exhausted(arena));
    arena_close(arena);
}

static void test_large_objects(void **state)
{
    struct arena *arena = arena_open();
    char *small = arena_alloc(arena, 10);
    char *large = arena_alloc(arena, 1 << 20);
    char *after = arena_alloc(arena, 10);
    memset(large, 1, 1 << 20);
    assert_int_equal(after - small, 16); /* the chunk in use stays in use */
    arena_close(arena);
}

static void test_copy_and_printf(void **state)
{
    struct arena *arena = arena_open();
    assert_string_equal(arena_copy(arena, (struct span){.bytes = "abcdef", .length = 3}), "abc");
    assert_string_equal(arena_copy(arena, (struct span){0}), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "余额", 42), "余额-42");
    assert_string_equal(arena_printf(arena, "%s", ""), "");
    assert_int_equal(strlen(arena_printf(arena, "%9000d", 1)), 9000);
    arena_close(arena);
}

static void test_clean_ups_run_last_one_first(void **state)
{
    order_length = 0;
    arena_release_spare();
    struct arena *arena = arena_open();
    assert_true(arena_defer(arena, note, "a"));
    assert_true(arena_defer(arena, note, "b"));
    for (int i = 0; i < 100; i++)
        arena_alloc(arena, 1000);
    assert_true(arena_defer(arena, note, "c"));
    arena_close(arena);
    assert_int_equal(order_length, 3);
    assert_memory_equal(order, "cba", 3);
}

static void test_closing_nothing(void **state)
{
    arena_close(NULL);
}

static void test_absurd_sizes_are_refused(void **state)
{
    struct arena *arena = arena_open();
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX - 15));
    assert_null(arena_alloc(arena, SIZE_MAX / 2 + 1));
    assert_null(arena_copy(arena, (struct span){.bytes = "", .length = SIZE_MAX}));
    assert_true(arena_is_exhausted(arena));
    arena_close(arena);
}

static void test_no_memory_to_open(void **state)
{
    arena_release_spare();
    allocations_left = 0;
    struct arena *arena = arena_open();
    allocations_left = -1;
    assert_null(arena);
}

static void test_exhausted_memory_is_remembered(void **state)
{
    order_length = 0;
    arena_release_spare();
    struct arena *arena = arena_open();
    assert_true(arena_defer(arena, note, "a"));
    allocations_left = 0;
    int served = 0;
    while (arena_alloc(arena, 64) != NULL)
        served++;
    bool was_deferred = arena_defer(arena, note, "b");
    char *large = arena_alloc(arena, 100000);
    char *text = arena_printf(arena, "%100d", 1);
    allocations_left = -1;
    assert_in_range(served, 100, 128); /* the first chunk was used up */
    (void)was_deferred;                /* a small node may still have fitted */
    assert_null(large);
    assert_null(text);
    assert_true(arena_is_exhausted(arena));
    assert_non_null(arena_alloc(arena, 64)); /* memory came back: usable again, but still marked */
    assert_true(arena_is_exhausted(arena));
    arena_close(arena);
    assert_int_equal(order[order_length - 1], 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_aligned_and_separate),
        cmocka_unit_test(test_large_objects),
        cmocka_unit_test(test_copy_and_printf),
        cmocka_unit_test(test_clean_ups_run_last_one_first),
        cmocka_unit_test(test_closing_nothing),
        cmocka_unit_test(test_absurd_sizes_are_refused),
        cmocka_unit_test(test_no_memory_to_open),
        cmocka_unit_test(test_exhausted_memory_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
