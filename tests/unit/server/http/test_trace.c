/* server/http/trace.c: traceparent, request ids, fresh ids. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/trace.h"
#include "tests/unit/harness.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"

static void test_good_traceparents(void **state)
{
    static const char *const texts[] = {"00-" ID "-00f067aa0ba902b7-01", "00-" ID "-00f067aa0ba902b7-ff",
                                        "cc-" ID "-00f067aa0ba902b7-01",
                                        "cc-" ID "-00f067aa0ba902b7-01-what-comes-later"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char id[TRACE_ID_LENGTH + 1];
        assert_true(trace_parse(span_of(texts[i]), id));
        assert_string_equal(id, ID);
    }
}

static void test_bad_traceparents(void **state)
{
    static const char *const texts[] = {
        "",
        "00",
        "00-" ID "-00f067aa0ba902b7",
        "00-" ID "-00f067aa0ba902b7-0",
        "00-" ID "-00f067aa0ba902b7-01-",
        "00-" ID "-00f067aa0ba902b7-01x",
        "cc-" ID "-00f067aa0ba902b7-01x",
        "ff-" ID "-00f067aa0ba902b7-01",
        "0g-" ID "-00f067aa0ba902b7-01",
        "00_" ID "-00f067aa0ba902b7-01",
        "00-" ID "_00f067aa0ba902b7-01",
        "00-" ID "-00f067aa0ba902b7_01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-" ID "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-" ID "-00f067aa0ba902b7-0g",
    };
    char id[TRACE_ID_LENGTH + 1];
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (trace_parse(span_of(texts[i]), id))
            fail_msg("accepted %s", texts[i]);
}

static void test_request_ids(void **state)
{
    assert_true(trace_request_id_is_valid(SPAN("0123456789abcdef")));
    assert_true(trace_request_id_is_valid(SPAN("ABCDEFGHIJ-_xyz-0123456789abcdef")));
    assert_false(trace_request_id_is_valid(SPAN("0123456789abcde")));
    assert_false(trace_request_id_is_valid(SPAN("0123456789abcdef0123456789abcdef0")));
    assert_false(trace_request_id_is_valid(SPAN("0123456789abcde\"")));
    assert_false(trace_request_id_is_valid(SPAN("0123456789abcde\n")));
    assert_false(trace_request_id_is_valid(SPAN("")));
}

static void test_fresh_ids_differ(void **state)
{
    char ids[200][TRACE_ID_LENGTH + 1];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        trace_make_id(ids[i]);
        assert_true(trace_request_id_is_valid(span_of(ids[i])));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(ids[i], ids[k]);
    }
}

static void test_the_callers_or_fresh(void **state)
{
    char id[TRACE_ID_LENGTH + 1];
    trace_request_id(SPAN("my-request-id-0001"), id);
    assert_string_equal(id, "my-request-id-0001");
    trace_request_id(SPAN("no good"), id);
    assert_int_equal(strlen(id), TRACE_ID_LENGTH);
    trace_id(SPAN("00-" ID "-00f067aa0ba902b7-01"), id);
    assert_string_equal(id, ID);
    trace_id((struct span){.bytes = NULL, .length = 0}, id);
    assert_int_equal(strlen(id), TRACE_ID_LENGTH);
    assert_string_not_equal(id, ID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_traceparents),    cmocka_unit_test(test_bad_traceparents),
        cmocka_unit_test(test_request_ids),          cmocka_unit_test(test_fresh_ids_differ),
        cmocka_unit_test(test_the_callers_or_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
