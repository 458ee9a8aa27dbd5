/* server/pg/batch.c: which tasks travel together, and that each gets its own rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/batch.h"
#include "tests/unit/harness.h"
#include <endian.h>

static struct task tasks[LIMIT_BATCH * 2];
static int rows_seen[LIMIT_BATCH * 2];

static void take_rows(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    assert_int_equal(outcome, TASK_DONE);
    rows_seen[task - tasks] = rows->count;
}

static struct queue queue_of(const enum statement *statements, unsigned count)
{
    struct queue queue = {0};
    for (unsigned i = 0; i < count; i++) {
        tasks[i] = (struct task){.done = take_rows, .batch_limit = LIMIT_BATCH};
        tasks[i].call.statement = statements[i];
        rows_seen[i] = -1;
        queue_append(&queue, &tasks[i]);
    }
    return queue;
}

static const enum statement mixture[] = {STATEMENT_TOKEN_FIND, STATEMENT_ACCOUNT_BALANCE, STATEMENT_TOKEN_FIND,
                                         STATEMENT_ACCOUNT_BALANCE, STATEMENT_ACCOUNT_BALANCE};

static void test_read_lane_mixes_statements(void **state)
{
    struct batch batch = {0};
    struct queue queue = queue_of(mixture, 5);
    batch_fill(&batch, LANE_READ, &queue, 1);
    assert_int_equal(queue.count, 0);
    assert_int_equal(batch.members_count, 5);
    assert_int_equal(batch.parts_count, 2);
    assert_int_equal(batch.parts[0].count + batch.parts[1].count, 5);
    batch_clear(&batch);
}

static void test_write_lane_takes_one_statement(void **state)
{
    struct batch batch = {0};
    struct queue queue = queue_of(mixture, 5);
    batch_fill(&batch, LANE_WRITE, &queue, 1);
    assert_int_equal(batch.members_count, 2);
    assert_ptr_equal(batch.members[0], &tasks[0]);
    assert_ptr_equal(batch.members[1], &tasks[2]);
    assert_int_equal(queue.count, 3);
    assert_ptr_equal(queue.head, &tasks[1]);
    batch_clear(&batch);
}

static void test_slow_lane_takes_one_with_its_look(void **state)
{
    struct batch batch = {0};
    struct queue queue = queue_of(mixture, 5);
    struct call look = {.statement = STATEMENT_AUDIT_LOOK};
    tasks[0].before = &look;
    batch_fill(&batch, LANE_SLOW, &queue, 1);
    assert_int_equal(batch.members_count, 1);
    assert_int_equal(batch.parts_count, 2);
    assert_ptr_equal(batch.parts[0].before, &look);
    assert_null(batch.parts[1].before);
    batch_clear(&batch);
}

static void test_suspects_travel_in_small_company(void **state)
{
    enum statement same[8];
    for (int i = 0; i < 8; i++)
        same[i] = STATEMENT_TOKEN_FIND;
    struct batch batch = {0};
    struct queue queue = queue_of(same, 8);
    for (int i = 0; i < 4; i++)
        tasks[i].batch_limit = 2;
    batch_fill(&batch, LANE_WRITE, &queue, 1);
    assert_int_equal(batch.members_count, 2);
    assert_ptr_equal(queue.head, &tasks[2]);
    batch_clear(&batch);
}

static void add_row(PGresult *result, int row, int64_t member)
{
    uint64_t wire = htobe64((uint64_t)member);
    PQsetvalue(result, row, 0, (char *)&wire, sizeof wire);
}

static void test_rows_reach_their_member(void **state)
{
    enum statement same[4] = {STATEMENT_TOKEN_FIND, STATEMENT_TOKEN_FIND, STATEMENT_TOKEN_FIND, STATEMENT_TOKEN_FIND};
    struct batch batch = {0};
    struct queue queue = queue_of(same, 4);
    batch_fill(&batch, LANE_READ, &queue, 1);
    PGresAttDesc column = {.name = (char *)(uintptr_t) "ord"};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, 1, &column);
    add_row(result, 0, 1);
    add_row(result, 1, 3);
    add_row(result, 2, 3);
    batch.parts[0].result = result;
    batch.members[3] = NULL; /* its client left */
    assert_int_equal(batch_deliver(&batch, &queue, 1), 0);
    assert_int_equal(rows_seen[0], 1);
    assert_int_equal(rows_seen[1], 0);
    assert_int_equal(rows_seen[2], 2);
    assert_int_equal(rows_seen[3], -1);
    assert_int_equal(batch.members_count, 0);
}

static void test_full_batch(void **state)
{
    enum statement same[LIMIT_BATCH * 2];
    for (int i = 0; i < LIMIT_BATCH * 2; i++)
        same[i] = STATEMENT_TOKEN_FIND;
    struct batch batch = {0};
    struct queue queue = queue_of(same, LIMIT_BATCH * 2);
    batch_fill(&batch, LANE_READ, &queue, 1);
    assert_int_equal(batch.members_count, LIMIT_BATCH);
    assert_int_equal(batch.parts_count, 1);
    assert_int_equal(queue.count, LIMIT_BATCH);
    batch_clear(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_lane_mixes_statements),
        cmocka_unit_test(test_write_lane_takes_one_statement),
        cmocka_unit_test(test_slow_lane_takes_one_with_its_look),
        cmocka_unit_test(test_suspects_travel_in_small_company),
        cmocka_unit_test(test_rows_reach_their_member),
        cmocka_unit_test(test_full_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
