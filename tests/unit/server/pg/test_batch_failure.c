/* server/pg/batch_failure.c: a failure hurts only whose fault it is, and no write is called undone that may not be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/batch_failure.h"
#include "tests/unit/harness.h"

#define TASKS 8
#define STILL_WAITING (-1)

static struct task tasks[TASKS];
static int outcomes[TASKS];
static struct batch batch;
static struct queue queue;

static void take_outcome(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    assert_null(rows);
    outcomes[task - tasks] = (int)outcome;
}

/* A batch in flight of the first `tokens` tasks as one part, and the rest as another. */
static void send_out(enum lane lane, unsigned tokens, unsigned count)
{
    memset(&batch, 0, sizeof batch);
    queue = (struct queue){0};
    for (unsigned i = 0; i < count; i++) {
        tasks[i] = (struct task){.lane = lane, .done = take_outcome, .batch_limit = LIMIT_BATCH};
        tasks[i].call.statement = i < tokens ? STATEMENT_TOKEN_FIND : STATEMENT_ACCOUNT_BALANCE;
        outcomes[i] = STILL_WAITING;
        queue_append(&queue, &tasks[i]);
    }
    batch_fill(&batch, lane, &queue, 1);
    assert_int_equal(batch.members_count, count);
}

static unsigned part_of(const struct task *task)
{
    for (unsigned p = 0; p < batch.parts_count; p++)
        if (batch.parts[p].statement == task->call.statement)
            return p;
    fail();
    return 0;
}

static void fail_part_of(const struct task *task, enum failure failure)
{
    batch.failed = true;
    batch.failed_part = part_of(task);
    batch_failed(&batch, &queue, failure);
    for (unsigned i = 0; i < batch.members_count; i++)
        assert_null(batch.members[i]);
    batch_clear(&batch);
}

static unsigned count_in_queue(void)
{
    unsigned count = 0;
    for (struct task *task = queue.head; task != NULL; task = task->next) {
        assert_null(task->batch);
        count++;
    }
    assert_int_equal(count, queue.count);
    return count;
}

static void test_a_culprit_alone_in_its_part_is_known_at_once(void **state)
{
    send_out(LANE_READ, 1, 6);
    fail_part_of(&tasks[0], FAILURE_BUG);
    assert_int_equal(outcomes[0], TASK_FAILED);
    assert_int_equal(count_in_queue(), 5);
    for (int i = 1; i < 6; i++) {
        assert_int_equal(tasks[i].batch_limit, LIMIT_BATCH);
        assert_int_equal(tasks[i].attempts, 0);
    }
}

static void test_suspects_are_halved_and_others_go_first(void **state)
{
    send_out(LANE_READ, 4, 6);
    fail_part_of(&tasks[0], FAILURE_BUG);
    assert_int_equal(count_in_queue(), 6);
    assert_int_equal(queue.head->call.statement, STATEMENT_ACCOUNT_BALANCE);
    assert_int_equal(tasks[0].batch_limit, 2);
    assert_int_equal(tasks[4].batch_limit, LIMIT_BATCH);
}

static void test_of_a_failed_commit_all_are_suspects(void **state)
{
    send_out(LANE_READ, 2, 4);
    batch.failed_part = batch.parts_count;
    batch_failed(&batch, &queue, FAILURE_BUG);
    assert_int_equal(count_in_queue(), 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(tasks[i].batch_limit, 2);
    batch_clear(&batch);
    send_out(LANE_WRITE, 1, 1);
    batch.failed_part = batch.parts_count;
    batch_failed(&batch, &queue, FAILURE_BUG);
    assert_int_equal(outcomes[0], TASK_FAILED);
    batch_clear(&batch);
}

static void test_slow_ones_go_alone(void **state)
{
    send_out(LANE_READ, 3, 5);
    fail_part_of(&tasks[0], FAILURE_TIMED_OUT);
    assert_int_equal(count_in_queue(), 5);
    assert_int_equal(tasks[1].batch_limit, 1);
    assert_int_equal(tasks[3].batch_limit, LIMIT_BATCH);
    send_out(LANE_READ, 1, 5);
    fail_part_of(&tasks[0], FAILURE_TIMED_OUT);
    assert_int_equal(outcomes[0], TASK_TIMED_OUT);
    assert_int_equal(count_in_queue(), 4);
}

static void test_a_lock_refuses_only_who_waited_for_it(void **state)
{
    send_out(LANE_READ, 2, 5);
    fail_part_of(&tasks[0], FAILURE_LOCKED);
    assert_int_equal(outcomes[0], TASK_UNAVAILABLE);
    assert_int_equal(outcomes[1], TASK_UNAVAILABLE);
    assert_int_equal(count_in_queue(), 3);
}

static void test_a_stand_by_has_done_nothing(void **state)
{
    send_out(LANE_WRITE, 2, 2);
    fail_part_of(&tasks[0], FAILURE_READ_ONLY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(outcomes[i], TASK_UNAVAILABLE);
    assert_int_equal(count_in_queue(), 0);
}

static void test_a_write_done_but_unreadable_is_unknown(void **state)
{
    send_out(LANE_WRITE, 2, 2);
    fail_part_of(&tasks[0], FAILURE_UNREADABLE);
    assert_int_equal(outcomes[0], TASK_UNKNOWN);
    send_out(LANE_READ, 2, 2);
    fail_part_of(&tasks[0], FAILURE_UNREADABLE);
    assert_int_equal(outcomes[0], TASK_FAILED);
}

static void test_a_lost_write_is_never_called_undone(void **state)
{
    send_out(LANE_WRITE, 1, 1);
    assert_true(task_may_have_run(&tasks[0]));
    batch_lost(&batch, &queue);
    batch_clear(&batch);
    assert_int_equal(outcomes[0], STILL_WAITING); /* repeatable: it goes again */
    assert_true(task_may_have_run(&tasks[0]));
    queue_remove(&queue, &tasks[0]);
    task_finish(&tasks[0], TASK_UNAVAILABLE);
    assert_int_equal(outcomes[0], TASK_UNKNOWN);

    send_out(LANE_READ, 1, 1);
    batch_lost(&batch, &queue);
    batch_clear(&batch);
    assert_false(task_may_have_run(&tasks[0]));
    queue_remove(&queue, &tasks[0]);
    task_finish(&tasks[0], TASK_UNAVAILABLE);
    assert_int_equal(outcomes[0], TASK_UNAVAILABLE);
}

static void test_conflicts_do_not_go_on_for_ever(void **state)
{
    send_out(LANE_WRITE, 1, 1);
    for (int i = 0; outcomes[0] == STILL_WAITING; i++) {
        assert_true(i < 100);
        fail_part_of(&tasks[0], FAILURE_RETRY);
        if (outcomes[0] == STILL_WAITING)
            batch_fill(&batch, LANE_WRITE, &queue, 1);
    }
    assert_int_equal(outcomes[0], TASK_UNAVAILABLE);
}

/* Whoever left is not touched again, however the batch ends. */
static void test_members_who_left(void **state)
{
    static const enum failure failures[] = {FAILURE_RETRY,     FAILURE_STALE_PLAN, FAILURE_UNAVAILABLE, FAILURE_LOCKED,
                                            FAILURE_TIMED_OUT, FAILURE_UNREADABLE, FAILURE_BUG};
    for (size_t f = 0; f <= sizeof failures / sizeof failures[0]; f++) {
        send_out(LANE_READ, 3, 6);
        for (unsigned i = 0; i < 6; i += 2) {
            batch.members[tasks[i].batch_index] = NULL;
            memset(&tasks[i], 0xa5, sizeof tasks[i]);
        }
        if (f == sizeof failures / sizeof failures[0])
            batch_lost(&batch, &queue);
        else
            fail_part_of(&tasks[1], failures[f]);
        batch_clear(&batch);
        for (unsigned i = 0; i < 6; i += 2)
            assert_int_equal(outcomes[i], STILL_WAITING);
        for (struct task *task = queue.head; task != NULL; task = task->next)
            assert_int_equal((task - tasks) % 2, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_culprit_alone_in_its_part_is_known_at_once),
        cmocka_unit_test(test_suspects_are_halved_and_others_go_first),
        cmocka_unit_test(test_of_a_failed_commit_all_are_suspects),
        cmocka_unit_test(test_slow_ones_go_alone),
        cmocka_unit_test(test_a_lock_refuses_only_who_waited_for_it),
        cmocka_unit_test(test_a_stand_by_has_done_nothing),
        cmocka_unit_test(test_a_write_done_but_unreadable_is_unknown),
        cmocka_unit_test(test_a_lost_write_is_never_called_undone),
        cmocka_unit_test(test_conflicts_do_not_go_on_for_ever),
        cmocka_unit_test(test_members_who_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
