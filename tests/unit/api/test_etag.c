/* If-None-Match: lists, weak tags, the star, and what is malformed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>
#include <stdlib.h>

static void compares_weakly(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool matches;
    } cases[] = {
        {"\"a.1.json\"", true},
        {"W/\"a.1.json\"", true},
        {"*", true},
        {" * ", true},
        {"\"x\", \"a.1.json\"", true},
        {"\"x\",W/\"y\",\"a.1.json\" , \"z\"", true},
        {"\"with, comma\", \"a.1.json\"", true},
        {",, \"a.1.json\"", true},
        {"\"\", \"a.1.json\"", true},
        {"", false},
        {"\"a.2.json\"", false},
        {"a.1.json", false},
        {"\"a.1.json", false},
        {"w/\"a.1.json\"", false},
        {"\"A.1.json\"", false},
        {"\"x\" \"a.1.json\"", true},
        {"*, \"a.1.json\"", false},
        {"x, \"a.1.json\"", false},
        {"W/", false},
        {"\"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(etag_matches(span_of(cases[i].header), SPAN("\"a.1.json\"")), cases[i].matches);
    }
    assert_false(etag_matches((struct span){0}, SPAN("\"a\"")));
}

static void never_reads_past_the_end(void **state)
{
    (void)state;
    static const char header[] = "W/\"x\", W/\"a.1.json\", *";
    for (size_t length = 0; length < sizeof header; length++) {
        char *exact = malloc(length + 1);
        assert_non_null(exact);
        memcpy(exact, header, length);
        etag_matches((struct span){.bytes = exact, .length = length}, SPAN("\"nothing\""));
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_weakly),
        cmocka_unit_test(never_reads_past_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
