/* server/siphash.c: the published vectors. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/siphash.h"
#include "tests/unit/harness.h"

/* From the reference implementation: key 00 01 … 0f, input 00 01 … of that length. */
static void test_published_vectors(void **state)
{
    static const struct {
        size_t length;
        uint64_t hash;
    } vectors[] = {
        {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5}, {63, 0x958a324ceb064572},
    };
    const struct siphash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    uint8_t input[64];
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT_OF(vectors); i++)
        assert_true(siphash(&key, input, vectors[i].length) == vectors[i].hash);
}

static void test_keys_differ(void **state)
{
    struct siphash_key a;
    struct siphash_key b;
    siphash_key_make(&a);
    siphash_key_make(&b);
    assert_true(siphash(&a, "x", 1) != siphash(&b, "x", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published_vectors), cmocka_unit_test(test_keys_differ)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
