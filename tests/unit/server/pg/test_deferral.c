/* server/pg/deferral.c: whom PostgreSQL puts off goes again first, in growing pauses, and hurts nobody else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/deferral.h"
#include "tests/unit/harness.h"
#include <endian.h>

#define TASKS 4
#define NOW_US 1000000

static struct task tasks[TASKS];
static bool is_done[TASKS];
static struct batch batch;
static struct queue queue;

static void take(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    assert_int_equal(outcome, TASK_DONE);
    assert_int_equal(rows->count, 1);
    is_done[task - tasks] = true;
}

/* Each with an account of its own. */
static void queue_up(unsigned count)
{
    memset(&batch, 0, sizeof batch);
    queue = (struct queue){0};
    for (unsigned i = 0; i < count; i++) {
        tasks[i] = (struct task){.lane = LANE_WRITE, .done = take, .batch_limit = LIMIT_BATCH};
        call_init(&tasks[i].call, STATEMENT_CHARGE_CREATE);
        call_uuid(&tasks[i].call, CHARGE_CREATE_PARAM_ACCOUNT_ID, uuid_make(i + 1));
        is_done[i] = false;
        queue_append(&queue, &tasks[i]);
    }
}

static void set(PGresult *result, int row, int column, const char *bytes, size_t length)
{
    char copy[32];
    memcpy(copy, bytes, length);
    PQsetvalue(result, row, column, copy, (int)length);
}

static unsigned answer(const char *const *statuses)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[2] = {{.name = (char *)(uintptr_t) "ord"}, {.name = (char *)(uintptr_t) "status"}};
    PQsetResultAttrs(result, 2, columns);
    for (unsigned i = 0; i < batch.members_count; i++) {
        uint64_t ord = htobe64(i + 1);
        set(result, (int)i, 0, (const char *)&ord, sizeof ord);
        set(result, (int)i, 1, statuses[i], strlen(statuses[i]));
    }
    for (unsigned p = 0; p < batch.parts_count; p++)
        if (batch.parts[p].count > 0)
            batch.parts[p].result = result;
    return batch_deliver(&batch, &queue, NOW_US);
}

static void test_deferred_ones_go_first_again(void **state)
{
    (void)state;
    queue_up(4);
    batch_fill(&batch, LANE_WRITE, &queue, NOW_US);
    queue_append(&queue, &(struct task){.lane = LANE_WRITE});
    assert_int_equal(answer((const char *const[]){"created", "deferred", "account_frozen", "deferred"}), 2);
    assert_true(is_done[0] && !is_done[1] && is_done[2] && !is_done[3]);
    assert_int_equal(queue.count, 3);
    assert_ptr_equal(queue.head, &tasks[1]);
    assert_ptr_equal(queue.head->next, &tasks[3]);
    assert_null(tasks[1].batch);
}

static void test_pauses_grow_and_then_one_waits(void **state)
{
    (void)state;
    queue_up(2);
    int64_t last_us = -1;
    for (unsigned i = 0; i < DEFERRALS_MAXIMUM; i++) {
        assert_false(deferral_should_wait(&tasks[0]));
        deferral_note(&tasks[0], NOW_US);
        assert_true(tasks[0].ripe_at_us - NOW_US > last_us);
        last_us = tasks[0].ripe_at_us - NOW_US;
    }
    assert_true(deferral_should_wait(&tasks[0]));
    batch_fill(&batch, LANE_WRITE, &queue, NOW_US);
    assert_int_equal(batch.members_count, 1); /* the fresh one does not wait for the other */
    assert_ptr_equal(batch.members[0], &tasks[1]);
    assert_false(tasks[1].call.values[CHARGE_CREATE_PARAM_WAIT].number != 0);
    batch_clear(&batch);
    tasks[0].waits = true;
    batch_fill(&batch, LANE_SLOW, &queue, tasks[0].ripe_at_us);
    assert_ptr_equal(batch.members[0], &tasks[0]);
    assert_true(batch.waits && tasks[0].call.values[CHARGE_CREATE_PARAM_WAIT].number != 0);
    assert_int_equal(answer((const char *const[]){"deferred"}), 1);
    assert_false(tasks[0].waits);
    assert_int_equal(tasks[0].lane, LANE_WRITE);
}

static void test_one_account_one_member(void **state)
{
    (void)state;
    queue_up(4);
    call_uuid(&tasks[2].call, CHARGE_CREATE_PARAM_ACCOUNT_ID,
              tasks[0].call.values[CHARGE_CREATE_PARAM_ACCOUNT_ID].uuid);
    batch_fill(&batch, LANE_WRITE, &queue, NOW_US);
    assert_int_equal(batch.members_count, 3);
    assert_ptr_equal(queue.head, &tasks[2]);
    batch_clear(&batch);
}

static void test_its_own_earlier_execution_is_waited_for(void **state)
{
    (void)state;
    queue_up(2);
    tasks[1].may_have_run = true;
    batch_fill(&batch, LANE_WRITE, &queue, NOW_US);
    assert_int_equal(answer((const char *const[]){"request_in_progress", "request_in_progress"}), 1);
    assert_true(is_done[0] && !is_done[1]);
    assert_true(tasks[1].ripe_at_us > NOW_US);
    for (int i = 0; i < 10; i++)
        deferral_note(&tasks[1], NOW_US);
    assert_false(deferral_should_wait(&tasks[1]));
}

static void test_an_old_write_is_not_sent(void **state)
{
    (void)state;
    queue_up(2);
    tasks[0].late_at_us = NOW_US;
    tasks[1].late_at_us = NOW_US + 1;
    batch_fill(&batch, LANE_WRITE, &queue, NOW_US);
    assert_int_equal(batch.members_count, 1);
    assert_ptr_equal(batch.members[0], &tasks[1]);
    batch_clear(&batch);
}

static void test_a_dry_run_keeps_only_its_look(void **state)
{
    (void)state;
    queue_up(2);
    struct call look = {.statement = STATEMENT_AUDIT_LOOK};
    tasks[0].is_dry_run = true;
    tasks[0].before = &look;
    batch_fill(&batch, LANE_SLOW, &queue, NOW_US);
    assert_int_equal(batch.members_count, 1);
    assert_int_equal(batch.parts_count, 6);
    assert_string_equal(batch.parts[0].command, "BEGIN");
    assert_ptr_equal(batch.parts[1].before, &look);
    assert_string_equal(batch.parts[2].command, "SAVEPOINT dry_run");
    assert_int_equal(batch.parts[3].statement, STATEMENT_CHARGE_CREATE);
    assert_string_equal(batch.parts[4].command, "ROLLBACK TO SAVEPOINT dry_run");
    assert_string_equal(batch.parts[5].command, "COMMIT");
    assert_int_equal(answer((const char *const[]){"deferred"}), 1);
    assert_null(tasks[0].before); /* it was recorded that it looked */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deferred_ones_go_first_again),
        cmocka_unit_test(test_pauses_grow_and_then_one_waits),
        cmocka_unit_test(test_one_account_one_member),
        cmocka_unit_test(test_its_own_earlier_execution_is_waited_for),
        cmocka_unit_test(test_an_old_write_is_not_sent),
        cmocka_unit_test(test_a_dry_run_keeps_only_its_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
