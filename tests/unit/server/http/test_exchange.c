/* server/http/exchange.c: whoever waits is told, gives up truthfully, leaves its lane and gives back its memory. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=lanes_submit,--wrap=lanes_cancel */
#include "server/clock.h"
#include "server/http/exchange.h"
#include "tests/unit/harness.h"
#include <libpq-fe.h>
#include <netinet/in.h>
#include <stdio.h>

bool __wrap_lanes_submit(struct lanes *lanes, struct task *task);
void __wrap_lanes_cancel(struct lanes *lanes, struct task *task);

static unsigned room_in_lanes, cancelled, answered;

bool __wrap_lanes_submit(struct lanes *lanes, struct task *task)
{
    return room_in_lanes > 0 && room_in_lanes-- > 0;
}

void __wrap_lanes_cancel(struct lanes *lanes, struct task *task)
{
    cancelled++;
}

static void count_answer(struct exchange_context *context, struct exchange *exchange)
{
    assert_int_equal(exchange->stage, EXCHANGE_ANSWERED);
    answered++;
}

static struct service service;
static struct exchange_context context = {.service = &service, .answered = count_answer};

static int open_service(void **state)
{
    service.rate_by_principal = rate_limit_open("principal", 1000, 60);
    service.rate_by_address = rate_limit_open("address", 1000, 60);
    context.tokens = token_cache_open(1000000);
    return service.rate_by_principal == NULL || service.rate_by_address == NULL || context.tokens == NULL;
}

static int close_service(void **state)
{
    rate_limit_close(service.rate_by_principal);
    rate_limit_close(service.rate_by_address);
    token_cache_close(context.tokens);
    return 0;
}

/* A request whose header has come, from a citizen whose token nobody has seen yet. */
static struct exchange *ask(const char *method, const char *target, const char *content_length)
{
    char token[TOKEN_TEXT_LENGTH + 1], bearer[TOKEN_TEXT_LENGTH + 8];
    assert_true(token_make(PRINCIPAL_CITIZEN, token));
    snprintf(bearer, sizeof bearer, "Bearer %s", token);
    const struct guard_header headers[] = {
        {SPAN("Host"), SPAN("localhost")},
        {SPAN("Authorization"), span_of(bearer)},
        {SPAN("Content-Type"), SPAN("application/json")},
        {SPAN("Content-Length"), span_of(content_length)},
    };
    const struct guard_input head = {.method = span_of(method),
                                     .target = span_of(target),
                                     .version = SPAN("HTTP/1.1"),
                                     .headers = headers,
                                     .headers_count = content_length == NULL ? 3 : 4};
    const struct sockaddr_in peer = {.sin_family = AF_INET};
    struct exchange *exchange = exchange_open(&context, head.target, clock_monotonic_us());
    assert_non_null(exchange);
    exchange_head(exchange, &head, (const struct sockaddr *)&peer);
    room_in_lanes = cancelled = answered = 0;
    return exchange;
}

static struct exchange *ask_balance(void)
{
    return ask("GET", "/v1/accounts/018f3a52-7c01-7a11-9d3c-5b1f0a2e4c68/balance", NULL);
}

static void put(PGresult *result, int column, const char *bytes, int length)
{
    PQsetvalue(result, 0, column, (char *)(uintptr_t)bytes, length);
}

/* What token_find says of the citizen whose account ask_balance asks about: the ids end alike. */
static PGresult *citizen_row(void)
{
    static const char zeros[8], id[] = "\x01\x8f\x3a\x52\x7c\x00\x7a\x10\x9d\x3c\x5b\x1f\x0a\x2e\x4c\x68";
    PGresAttDesc columns[8] = {0};
    for (int i = 0; i < 8; i++)
        columns[i].name = (char *)(uintptr_t) "column";
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, 8, columns);
    put(result, TOKEN_FIND_COLUMN_TOKEN_ID, id, 16);
    put(result, TOKEN_FIND_COLUMN_KIND, "citizen", 7);
    put(result, TOKEN_FIND_COLUMN_SUBJECT_ID, id, 16);
    put(result, TOKEN_FIND_COLUMN_ROLES, "", 0);
    put(result, TOKEN_FIND_COLUMN_REGIONS, "", 0);
    put(result, TOKEN_FIND_COLUMN_EPOCH, zeros, 8);
    return result;
}

/* It may be suspended meanwhile, and would stay so for ever. */
static void test_who_has_waited_is_told_that_the_next_queue_is_full(void **state)
{
    struct exchange *exchange = ask_balance();
    room_in_lanes = 1;
    exchange_start(exchange);
    assert_int_equal(exchange->stage, EXCHANGE_TOKEN);
    PGresult *result = citizen_row();
    const struct rows rows = {.result = result, .count = 1, .statement = STATEMENT_TOKEN_FIND};
    exchange->task.done(&exchange->task, TASK_DONE, &rows);
    PQclear(result);
    assert_int_equal(exchange->stage, EXCHANGE_ANSWERED);
    assert_int_equal(exchange->reply.status, 503);
    assert_int_equal(answered, 1);
    exchange_close(exchange);
    assert_int_equal(cancelled, 0);
}

static void test_who_never_waited_is_answered_in_the_same_call(void **state)
{
    struct exchange *exchange = ask_balance();
    exchange_start(exchange);
    assert_int_equal(exchange->stage, EXCHANGE_ANSWERED);
    assert_int_equal(exchange->reply.status, 503);
    assert_int_equal(answered, 0);
    exchange_close(exchange);
}

static bool says(const struct exchange *exchange, const char *word)
{
    return memmem(exchange->reply.body.bytes, exchange->reply.body.length, word, strlen(word)) != NULL;
}

static void test_a_write_in_flight_is_given_up_as_unknown(void **state)
{
    static const struct {
        enum lane lane;
        bool may_have_run;
        const char *code;
    } cases[] = {
        {LANE_WRITE, true, "\"outcome_unknown\""},
        {LANE_WRITE, false, "\"deadline_exceeded\""},
        {LANE_READ, true, "\"deadline_exceeded\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct exchange *exchange = ask_balance();
        exchange->stage = EXCHANGE_ROWS;
        exchange->task.lane = cases[i].lane;
        exchange->task.may_have_run = cases[i].may_have_run;
        exchange_abort(exchange, PROBLEM_DEADLINE_EXCEEDED);
        assert_true(says(exchange, cases[i].code));
        assert_int_equal(cancelled, 1);
        exchange_close(exchange);
        assert_int_equal(cancelled, 1);
    }
}

/* Else the lane would write to a request that is gone. */
static void test_a_refusal_by_the_library_leaves_the_lane(void **state)
{
    struct exchange *exchange = ask_balance();
    room_in_lanes = 1;
    exchange_start(exchange);
    assert_int_equal(exchange->stage, EXCHANGE_TOKEN);
    exchange_answered_elsewhere(exchange, 400);
    assert_int_equal(cancelled, 1);
    assert_int_equal(exchange->stage, EXCHANGE_ANSWERED);
    exchange_close(exchange);
    assert_int_equal(cancelled, 1);
}

static void test_bodies_share_a_budget(void **state)
{
    struct exchange *exchange = ask("POST", "/v1/admin/tokens", "200");
    context.bodies_bytes = LIMIT_BODIES_BYTES - 100;
    exchange_body(exchange, SPAN("0123456789"));
    assert_int_equal(exchange->refusal, PROBLEM_NONE);
    assert_int_equal(context.bodies_bytes, LIMIT_BODIES_BYTES - 90);
    char piece[100] = {0};
    exchange_body(exchange, (struct span){.bytes = piece, .length = sizeof piece});
    assert_int_equal(exchange->refusal, PROBLEM_OVERLOADED);
    exchange_close(exchange);
    assert_int_equal(context.bodies_bytes, LIMIT_BODIES_BYTES - 100);
    context.bodies_bytes = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_waited_is_told_that_the_next_queue_is_full),
        cmocka_unit_test(test_who_never_waited_is_answered_in_the_same_call),
        cmocka_unit_test(test_a_write_in_flight_is_given_up_as_unknown),
        cmocka_unit_test(test_a_refusal_by_the_library_leaves_the_lane),
        cmocka_unit_test(test_bodies_share_a_budget),
    };
    return cmocka_run_group_tests(tests, open_service, close_service);
}
