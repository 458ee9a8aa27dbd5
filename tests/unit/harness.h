/* What every unit test includes: cmocka with the headers it wants before it, and checks it does not have. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */
#include "server/span.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The bytes of a span against a C string. */
#define assert_span_equal(actual, expected)                                                                            \
    do {                                                                                                               \
        struct span actual_span = (actual);                                                                            \
        assert_int_equal(actual_span.length, strlen(expected));                                                        \
        assert_memory_equal(actual_span.bytes == NULL ? "" : actual_span.bytes, expected, strlen(expected));           \
    } while (0)
