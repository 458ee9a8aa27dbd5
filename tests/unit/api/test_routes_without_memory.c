/* Every operation's example, from its request line to its reply, with each allocation of the program failing in turn.
 * What comes back is the usual reply, or an honest 500 or 503; and nothing else is asked of PostgreSQL than usual. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=lanes_submit,--wrap=lanes_cancel */
/* link: -Wl,--wrap=lanes_have_replica,--wrap=work_submit,--wrap=work_withdraw */
/* link: -Wl,--wrap=keyring_unseal,--wrap=password_derive,--wrap=password_verify */
#define CHUNK_BYTES 48 /* so that each piece of an arena is an allocation of its own */
#include "server/arena.c"
#include "tests/unit/failing_memory.h"
/* it turns failures off for what is its own */
#include "tests/unit/api/example_request.h"

#define MOST_ALLOCATIONS 1000

/* How one request went. */
struct course {
    bool is_closed; /* not even a request: the connection ends */
    unsigned status;
    bool is_failed; /* the reply's body is not whole */
    size_t body_bytes;
    bool is_json_or_empty;
    struct asked asked;
};

static void fail_from(int left)
{
    arena_release_spare(); /* chunks that are kept need no memory */
    allocations_failed = 0;
    allocations_left = left;
}

static void note_reply(const struct exchange *exchange, struct course *course)
{
    course->status = exchange->reply.status;
    course->is_failed = exchange->reply.body.failed;
    struct span body = reply_span(&exchange->reply);
    course->body_bytes = body.length;
    bool is_problem = course->status >= 400 && body.length > 0;
    course->is_json_or_empty = !is_problem || (body.bytes[0] == '{' && body.bytes[body.length - 1] == '}');
}

/* False once every allocation has succeeded. */
static bool run_short_of(const struct example *example, int left, struct course *course)
{
    *course = (struct course){.is_json_or_empty = true};
    asked_clear();
    fail_from(left);
    struct exchange *exchange = example_send(example);
    course->is_closed = exchange == NULL;
    if (exchange != NULL) {
        example_answer(exchange);
        note_reply(exchange, course);
        exchange_close(exchange);
    }
    allocations_left = -1;
    course->asked = asked;
    return allocations_failed > 0;
}

static unsigned blamed; /* all of them are told before the test fails */

#define blame(...) (print_error(__VA_ARGS__), print_error("\n"), blamed++)

static void check(const struct example *example, int left, const struct course *course, const struct course *usual)
{
    const char *name = operation_infos[example->operation].name;
    bool is_usual = course->status == usual->status && !course->is_failed;
    bool is_honest = course->is_closed || course->status == 500 || course->status == 503;
    if (!is_usual && !is_honest)
        blame("%s without its allocation %d: %u", name, left, course->status);
    if (!course->is_json_or_empty)
        blame("%s without its allocation %d: half a problem", name, left);
    if (!asked_begins_with(&usual->asked, &course->asked))
        blame("%s without its allocation %d asks of PostgreSQL: %s\nusually: %s", name, left, course->asked.text,
              usual->asked.text);
    if (is_usual && usual->status < 300 && course->body_bytes != usual->body_bytes)
        blame("%s without its allocation %d answers %zu bytes, usually %zu", name, left, course->body_bytes,
              usual->body_bytes);
    if (is_usual && usual->status < 300 && course->asked.length != usual->asked.length)
        blame("%s without its allocation %d leaves out: %s", name, left, usual->asked.text + course->asked.length);
}

static unsigned failed_in_turn;

static void fail_each(const struct example *example)
{
    struct course usual, course;
    run_short_of(example, MOST_ALLOCATIONS, &usual);
    assert_false(usual.is_closed || usual.is_failed);
    for (int left = 0; run_short_of(example, left, &course); left++) {
        assert_true(left < MOST_ALLOCATIONS);
        check(example, left, &course, &usual);
        failed_in_turn++;
    }
}

static void test_no_operation_is_left_out(void **state)
{
    for (enum operation operation = OPERATION_NONE + 1; operation < OPERATION_COUNT; operation++)
        assert_non_null(example_of(operation));
}

/* An example whose usual reply is a refusal shows little, so they may not become many. */
static void test_most_succeed_when_there_is_memory(void **state)
{
    unsigned refused = 0;
    for (enum operation operation = OPERATION_NONE + 1; operation < OPERATION_COUNT; operation++) {
        struct course usual;
        run_short_of(example_of(operation), MOST_ALLOCATIONS, &usual);
        if (usual.status >= 400)
            print_message("%s: %u (%s)\n", operation_infos[operation].name, usual.status, usual.asked.text);
        refused += usual.status >= 400;
    }
    assert_true(refused * 20 < OPERATION_COUNT);
}

static void test_all_fail_from_the_nth_on(void **state)
{
    for (enum operation operation = OPERATION_NONE + 1; operation < OPERATION_COUNT; operation++)
        fail_each(example_of(operation));
    print_message("%u requests\n", failed_in_turn);
    assert_int_equal(blamed, 0);
}

static void test_only_the_nth_fails(void **state)
{
    allocations_fail_in_a_row = 1;
    for (enum operation operation = OPERATION_NONE + 1; operation < OPERATION_COUNT; operation++)
        fail_each(example_of(operation));
    allocations_fail_in_a_row = 0;
    print_message("%u requests\n", failed_in_turn);
    assert_int_equal(blamed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_operation_is_left_out),
        cmocka_unit_test(test_most_succeed_when_there_is_memory),
        cmocka_unit_test(test_all_fail_from_the_nth_on),
        cmocka_unit_test(test_only_the_nth_fails),
    };
    return cmocka_run_group_tests(tests, example_begin, example_end);
}
