/* server/uuid.c: form, order and uniqueness, also from several threads at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/uuid.h"
#include "tests/unit/harness.h"
#include <pthread.h>
#include <stdlib.h>

static void test_layout(void **state)
{
    uint64_t key = UINT64_C(0x2123456789abcdef);
    int64_t before_ms = clock_real_us() / 1000;
    struct uuid id = uuid_make(key);
    int64_t after_ms = clock_real_us() / 1000;
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    assert_true(ms >= before_ms && ms <= after_ms);
    assert_int_equal(id.bytes[6] >> 4, 7);
    assert_int_equal(id.bytes[8] >> 6, 2);
    assert_true(uuid_key(id) == key);
    assert_true(uuid_key(uuid_make(UINT64_MAX)) == (UINT64_C(1) << 62) - 1);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

#define PER_THREAD 50000

static void *make_many(void *out)
{
    struct uuid *ids = out;
    for (int i = 0; i < PER_THREAD; i++)
        ids[i] = uuid_make(1);
    return NULL;
}

static void test_strictly_growing_across_threads(void **state)
{
    struct uuid *ids = calloc(4 * PER_THREAD, sizeof(*ids));
    assert_non_null(ids);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, ids + i * PER_THREAD), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int t = 0; t < 4; t++) {
        for (int i = 1; i < PER_THREAD; i++)
            assert_true(compare(&ids[t * PER_THREAD + i - 1], &ids[t * PER_THREAD + i]) < 0);
    }
    qsort(ids, 4 * PER_THREAD, sizeof(*ids), compare);
    for (int i = 1; i < 4 * PER_THREAD; i++)
        assert_true(compare(&ids[i - 1], &ids[i]) < 0);
    free(ids);
}

static void test_random_keys(void **state)
{
    uint64_t seen_bits = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t key = uuid_random_key();
        assert_true(key != 0 && key >> 62 == 0);
        seen_bits |= key;
    }
    assert_true(seen_bits == (UINT64_C(1) << 62) - 1);
}

static void test_text_form(void **state)
{
    struct uuid id;
    struct uuid same;
    char form[UUID_TEXT_LENGTH + 1];
    assert_true(uuid_parse(SPAN("017F22E2-79b0-7CC3-98c4-dc0c0c07398f"), &id));
    uuid_format(id, form);
    assert_string_equal(form, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(uuid_parse(span_of(form), &same));
    assert_true(uuid_equal(id, same));
    same.bytes[15] ^= 1;
    assert_false(uuid_equal(id, same));
}

static void test_bad_forms(void **state)
{
    static const char *const bad[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b07cc398c4dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4+dc0c0c07398f",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c0739 f",
        "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "０17f22e2-79b0-7cc3-98c4-dc0c0c07398",
    };
    struct uuid id;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(uuid_parse(span_of(bad[i]), &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),      cmocka_unit_test(test_strictly_growing_across_threads),
        cmocka_unit_test(test_random_keys), cmocka_unit_test(test_text_form),
        cmocka_unit_test(test_bad_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
