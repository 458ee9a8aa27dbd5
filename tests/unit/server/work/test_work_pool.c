/* server/work/: what is done comes back to whoever asked, a full queue refuses, and nothing is lost at the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/limits.h"
#include "server/work/work_inbox.h"
#include "tests/unit/harness.h"
#include <semaphore.h>
#include <sys/epoll.h>
#include <unistd.h>

struct job {
    struct work work; /* first: it comes back by this address */
    sem_t *begun, *gate;
    pthread_t ran_on;
    unsigned runs, dones;
};

static bool run(void *state)
{
    struct job *job = state;
    if (job->begun != NULL)
        sem_post(job->begun);
    if (job->gate != NULL)
        sem_wait(job->gate);
    job->ran_on = pthread_self();
    job->runs++;
    return true;
}

static void done(struct work *work)
{
    ((struct job *)work)->dones++;
}

static void init_job(struct job *job, sem_t *begun, sem_t *gate)
{
    *job = (struct job){.begun = begun, .gate = gate};
    job->work = (struct work){.run = run, .state = job, .done = done};
}

struct loop {
    int epoll_fd;
    struct work_inbox inbox;
};

static void open_loop(struct loop *loop)
{
    loop->epoll_fd = epoll_create1(0);
    assert_true(work_inbox_open(&loop->inbox, loop->epoll_fd));
}

static void close_loop(struct loop *loop)
{
    work_inbox_close(&loop->inbox);
    close(loop->epoll_fd);
}

/* Turns until all that was submitted is done. */
static void turn(struct loop *loop)
{
    while (loop->inbox.outstanding > 0) {
        struct epoll_event event;
        assert_int_equal(epoll_wait(loop->epoll_fd, &event, 1, 60000), 1);
        struct event_source *source = event.data.ptr;
        source->ready(source, event.events);
    }
}

static void test_work_is_done_elsewhere_and_comes_back_here(void **state)
{
    struct work_pool *pool = work_pool_open(3);
    struct loop loop;
    struct job jobs[20];
    open_loop(&loop);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        init_job(&jobs[i], NULL, NULL);
        assert_true(work_submit(pool, &loop.inbox, &jobs[i].work));
    }
    turn(&loop);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        assert_int_equal(jobs[i].runs, 1);
        assert_int_equal(jobs[i].dones, 1);
        assert_false(pthread_equal(jobs[i].ran_on, pthread_self()));
    }
    close_loop(&loop);
    work_pool_close(pool);
}

static void *ask_many(void *cls)
{
    struct work_pool *pool = cls;
    struct loop loop;
    struct job jobs[10];
    open_loop(&loop);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < COUNT_OF(jobs); i++) {
            init_job(&jobs[i], NULL, NULL);
            assert_true(work_submit(pool, &loop.inbox, &jobs[i].work));
        }
        turn(&loop);
        for (size_t i = 0; i < COUNT_OF(jobs); i++)
            assert_int_equal(jobs[i].dones, 1);
    }
    close_loop(&loop);
    return NULL;
}

static void test_each_loop_gets_its_own_back(void **state)
{
    struct work_pool *pool = work_pool_open(2);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_many, pool), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    work_pool_close(pool);
}

static void test_a_full_queue_refuses_until_there_is_room(void **state)
{
    struct work_pool *pool = work_pool_open(1);
    struct loop loop;
    struct job running, waiting[LIMIT_WORK_QUEUE], more;
    sem_t begun, gate;
    sem_init(&begun, 0, 0);
    sem_init(&gate, 0, 0);
    open_loop(&loop);
    init_job(&running, &begun, &gate);
    assert_true(work_submit(pool, &loop.inbox, &running.work));
    sem_wait(&begun);
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        init_job(&waiting[i], NULL, NULL);
        assert_true(work_submit(pool, &loop.inbox, &waiting[i].work));
    }
    init_job(&more, NULL, NULL);
    assert_false(work_submit(pool, &loop.inbox, &more.work));
    assert_true(work_withdraw(pool, &waiting[7].work));
    assert_true(work_submit(pool, &loop.inbox, &more.work));
    assert_false(work_withdraw(pool, &running.work));
    sem_post(&gate);
    turn(&loop);
    assert_int_equal(waiting[7].runs + waiting[7].dones, 0);
    assert_int_equal(waiting[0].dones, 1);
    assert_int_equal(waiting[LIMIT_WORK_QUEUE - 1].dones, 1);
    assert_int_equal(more.dones, 1);
    assert_int_equal(running.dones, 1);
    close_loop(&loop);
    work_pool_close(pool);
}

/* A reactor that ends does not know how far its work is: it must get it back all the same. */
static void test_an_inbox_that_closes_waits_for_what_runs(void **state)
{
    struct work_pool *pool = work_pool_open(2);
    struct loop loop;
    struct job jobs[2];
    sem_t begun, gate;
    sem_init(&begun, 0, 0);
    sem_init(&gate, 0, 0);
    open_loop(&loop);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        init_job(&jobs[i], &begun, &gate);
        assert_true(work_submit(pool, &loop.inbox, &jobs[i].work));
        sem_wait(&begun);
    }
    sem_post(&gate);
    sem_post(&gate);
    close_loop(&loop);
    assert_int_equal(jobs[0].dones, 1);
    assert_int_equal(jobs[1].dones, 1);
    work_pool_close(pool);
}

static void test_nothing_to_do_closes_at_once(void **state)
{
    struct loop loop;
    open_loop(&loop);
    close_loop(&loop);
    struct work_pool *pool = work_pool_open(4);
    assert_non_null(pool);
    work_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_is_done_elsewhere_and_comes_back_here),
        cmocka_unit_test(test_each_loop_gets_its_own_back),
        cmocka_unit_test(test_a_full_queue_refuses_until_there_is_room),
        cmocka_unit_test(test_an_inbox_that_closes_waits_for_what_runs),
        cmocka_unit_test(test_nothing_to_do_closes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
