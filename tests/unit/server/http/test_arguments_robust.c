/* server/http/arguments.c and arguments_body.c: cut and changed input, and memory that runs out. */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "small_arguments.h"

#include "server/json_memory.h"
#include "tests/unit/failing_memory.h"

static void read_bytes(enum operation operation, const char *bytes, size_t length)
{
    struct request *request = small_open(operation);
    const struct route route = {.operation = operation, .path_args = {{bytes, length}}, .path_args_count = 0};
    struct span all = {.bytes = bytes, .length = length};
    if (operation == OPERATION_CREATE_THING)
        request->body = all;
    else
        request->query = all;
    enum problem problem = arguments_read(request, &route);
    assert_true(problem == PROBLEM_NONE || problem == PROBLEM_VALIDATION_FAILED || problem == PROBLEM_MALFORMED_JSON);
    assert_true((problem == PROBLEM_VALIDATION_FAILED) <= (request->faults_count > 0));
    small_close(request);
}

static void truncate_and_mutate(enum operation operation, const char *valid)
{
    size_t length = strlen(valid);
    for (size_t cut = 0; cut <= length; cut++) {
        char *bytes = small_exact(valid, cut);
        read_bytes(operation, bytes, cut);
        free(bytes);
    }
    char *bytes = small_exact(valid, length);
    for (size_t i = 0; i < length; i++)
        for (int byte = 0; byte < 256; byte++) {
            char before = bytes[i];
            bytes[i] = (char)byte;
            read_bytes(operation, bytes, length);
            bytes[i] = before;
        }
    free(bytes);
}

static void test_every_truncation_and_mutation(void **state)
{
    truncate_and_mutate(OPERATION_LIST_THINGS, "kind=red&label=%E5%8C%BB+b&owner_id=" ID
                                               "&month=2024-02&as_of=2024-01-01T00:00:00Z&active=true&limit=20");
    truncate_and_mutate(OPERATION_CREATE_THING, whole_body);
}

static void fail_each(const char *body, enum problem usual)
{
    for (int left = 0, has_failed = 1; has_failed; left++) {
        struct request *request = small_open(OPERATION_CREATE_THING);
        allocations_left = left;
        allocations_failed = 0;
        enum problem problem = read_body(request, body);
        has_failed = allocations_failed > 0;
        allocations_left = -1;
        assert_int_equal(problem, has_failed ? PROBLEM_INTERNAL_ERROR : usual);
        small_close(request);
        assert_true(left < 1000);
    }
}

/* Names so long that Jansson's buffer must grow at each of their characters in turn, also at the quote. */
static void fail_in_long_texts(void)
{
    for (int length = 1; length < 140; length++) {
        char body[256];
        snprintf(body, sizeof body, "{\"amount_fen\": 1, \"name\": \"%.*s\\u533b\"}", length,
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
        struct request *request = small_open(OPERATION_CREATE_THING);
        enum problem usual = read_body(request, body);
        small_close(request);
        fail_each(body, usual);
    }
}

static void test_every_allocation_fails(void **state)
{
    json_memory_install();
    static const int in_a_row[] = {0, 1, 2, 5, 20};
    for (size_t i = 0; i < sizeof in_a_row / sizeof in_a_row[0]; i++) {
        allocations_fail_in_a_row = in_a_row[i];
        fail_each(whole_body, PROBLEM_NONE);
        fail_each("{\"name\": 1, \"nobody\": {\"knows\": [\"it\"]}}", PROBLEM_VALIDATION_FAILED);
        fail_in_long_texts();
    }
    allocations_fail_in_a_row = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_truncation_and_mutation),
        cmocka_unit_test(test_every_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
