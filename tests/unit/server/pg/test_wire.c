/* server/pg/wire.c and rows.c: parameters in PostgreSQL's binary form, and columns back from it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/wire.h"
#include "tests/unit/harness.h"
#include <libpq-fe.h>

#define TOKEN_FIND_WIDTH (TOKEN_FIND_COLUMN_EXPIRES_AT + 1)

static uint32_t be32_at(const char *bytes)
{
    uint32_t wire;
    memcpy(&wire, bytes, sizeof wire);
    return be32toh(wire);
}

static void test_scalars(void **state)
{
    struct call call;
    struct wire_params params = {0};
    text_init(&params.buffer, 65536);
    call_init(&call, STATEMENT_AUDIT_LOOK);
    call_instant(&call, AUDIT_LOOK_PARAM_AT, WIRE_EPOCH_US + 1);
    call_text(&call, AUDIT_LOOK_PARAM_ACTION, SPAN(""));
    call_int(&call, AUDIT_LOOK_PARAM_PERSON_KEY, -2);
    const struct call *calls[] = {&call};
    assert_true(wire_encode(&params, calls, 1));

    assert_int_equal(params.lengths[AUDIT_LOOK_PARAM_AT], 8);
    assert_memory_equal(params.values[AUDIT_LOOK_PARAM_AT], "\0\0\0\0\0\0\0\1", 8);
    assert_memory_equal(params.values[AUDIT_LOOK_PARAM_PERSON_KEY], "\377\377\377\377\377\377\377\376", 8);
    assert_non_null(params.values[AUDIT_LOOK_PARAM_ACTION]); /* empty is not NULL */
    assert_int_equal(params.lengths[AUDIT_LOOK_PARAM_ACTION], 0);
    assert_null(params.values[AUDIT_LOOK_PARAM_OBJECT_ID]); /* unbound is NULL */
    text_fini(&params.buffer);
}

static void test_arrays(void **state)
{
    struct call calls[3];
    const struct call *pointers[3];
    struct wire_params params = {0};
    text_init(&params.buffer, 65536);
    for (int i = 0; i < 3; i++) {
        pointers[i] = &calls[i];
        call_init(&calls[i], STATEMENT_TOKEN_FIND);
    }
    call_bytea(&calls[0], TOKEN_FIND_PARAM_TOKEN_HASH, SPAN("abc"));
    call_bytea(&calls[2], TOKEN_FIND_PARAM_TOKEN_HASH, SPAN(""));
    assert_true(wire_encode(&params, pointers, 3));

    const char *bytes = params.values[TOKEN_FIND_PARAM_TOKEN_HASH];
    assert_int_equal(params.lengths[TOKEN_FIND_PARAM_TOKEN_HASH], 20 + (4 + 3) + 4 + 4);
    assert_int_equal(be32_at(bytes), 1);
    assert_int_equal(be32_at(bytes + 8), wire_oid(VALUE_BYTEA, false));
    assert_int_equal(be32_at(bytes + 12), 3);
    assert_int_equal(be32_at(bytes + 20), 3);
    assert_memory_equal(bytes + 24, "abc", 3);
    assert_int_equal(be32_at(bytes + 27), UINT32_MAX); /* NULL */
    assert_int_equal(be32_at(bytes + 31), 0);          /* empty */
    text_fini(&params.buffer);
}

static void put(PGresult *result, int row, int column, const char *bytes, int length)
{
    assert_int_equal(PQsetvalue(result, row, column, (char *)(uintptr_t)bytes, length), 1);
}

static void test_columns(void **state)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[TOKEN_FIND_WIDTH] = {0};
    for (int i = 0; i < TOKEN_FIND_WIDTH; i++)
        columns[i].name = (char *)(uintptr_t) "c";
    assert_int_equal(PQsetResultAttrs(result, TOKEN_FIND_WIDTH, columns), 1);
    for (int row = 0; row < 2; row++)
        for (int i = 0; i < TOKEN_FIND_WIDTH; i++)
            put(result, row, i, NULL, -1);
    put(result, 1, TOKEN_FIND_COLUMN_ORD, "\377\377\377\377\377\377\377\376", 8);
    put(result, 1, TOKEN_FIND_COLUMN_KIND, "staff", 5);
    put(result, 1, TOKEN_FIND_COLUMN_EXPIRES_AT, "\0\0\0\0\0\0\0\7", 8);

    struct rows rows = {.result = result, .first = 1, .count = 1, .statement = STATEMENT_TOKEN_FIND};
    assert_int_equal(row_int(&rows, 0, TOKEN_FIND_COLUMN_ORD), -2);
    assert_true(span_equal(row_text(&rows, 0, TOKEN_FIND_COLUMN_KIND), SPAN("staff")));
    assert_int_equal(row_instant(&rows, 0, TOKEN_FIND_COLUMN_EXPIRES_AT), WIRE_EPOCH_US + 7);
    assert_true(row_is_null(&rows, 0, TOKEN_FIND_COLUMN_ROLES));
    assert_int_equal(row_text(&rows, 0, TOKEN_FIND_COLUMN_ROLES).length, 0);
    PQclear(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
