/* Every operation that moves money, with each of its allocations failing in turn: an honest 500, or the whole answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "api/api.h"
#include "server/clock.h"
#include "server/crypto/keyring_internal.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "tests/unit/failing_memory.h"
#include <endian.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
/* cmocka wants those above first */
#include <cmocka.h>

#define MOST_ALLOCATIONS 1000
#define MOST_CALLS 8 /* of one operation, one after another */

static struct keyring *keyring;

static int open_keys(void **state)
{
    static const struct config config = {
        .mode = "development", .sms_gateway = "", .chain_hash = "sha256", .write_timeout_ms = 5000};
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    memset(keys, 7, sizeof keys);
    keyring = keyring_open_fixed(keys);
    api_init(&config, keyring);
    return keyring == NULL ? -1 : 0;
}

static int close_keys(void **state)
{
    keyring_close(keyring);
    arena_release_spare();
    return 0;
}

static bool moves_money(const struct operation_info *info)
{
    for (int a = 0; a < info->args_count; a++)
        if (info->args[a].place == ARG_HEADER && strcasecmp(info->args[a].name, "Idempotency-Key") == 0)
            return true;
    return false;
}

/* Something that the generated table lets through. */
static void give(struct arg *arg, const struct arg_info *info)
{
    static const char filling[] = "620500-0001-0002";
    arg->present = true;
    switch (info->type) {
    case ARG_TEXT:
    case ARG_REGION:
        arg->text = info->choices != NULL ? span_of(info->choices[0]) : span_of(filling);
        if (info->choices == NULL && info->maximum > 0 && arg->text.length > (size_t)info->maximum)
            arg->text.length = (size_t)info->maximum;
        return;
    case ARG_INTEGER:
        arg->number = info->minimum > 0 ? info->minimum : 1;
        return;
    case ARG_BOOLEAN:
        arg->number = 0;
        return;
    case ARG_UUID:
        arg->uuid = uuid_make(77);
        return;
    case ARG_DATE:
        arg->number = 20000;
        return;
    case ARG_MONTH:
        arg->number = 650;
        return;
    case ARG_INSTANT:
        arg->number = clock_business_us() + INT64_C(3600000000);
        return;
    case ARG_TEXTS:
    case ARG_OBJECTS:
        arg->texts.items = NULL;
        arg->texts.count = 0;
        return;
    }
}

/* One row that says of everything that it is there, and of its status that all went well. */
static PGresult *good_row(enum statement statement)
{
    static char number[16] = {[7] = 1};
    const struct statement_info *info = &statement_infos[statement];
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[64];
    char name[] = "column";
    assert_non_null(result);
    for (int c = 0; c < info->columns_count; c++)
        columns[c] = (PGresAttDesc){.name = name, .format = 1};
    assert_int_equal(PQsetResultAttrs(result, info->columns_count, columns), 1);
    for (int c = 0; c < info->columns_count; c++) {
        char created[] = "created";
        switch (info->columns[c]) {
        case VALUE_TEXT:
        case VALUE_BYTEA:
            PQsetvalue(result, 0, c, created, (int)strlen(created));
            break;
        case VALUE_BOOL:
            PQsetvalue(result, 0, c, number, 1);
            break;
        case VALUE_INT2:
            PQsetvalue(result, 0, c, number + 6, 2);
            break;
        case VALUE_INT4:
        case VALUE_DATE:
            PQsetvalue(result, 0, c, number + 4, 4);
            break;
        case VALUE_INT8:
        case VALUE_INSTANT:
            PQsetvalue(result, 0, c, number, 8);
            break;
        case VALUE_UUID:
            PQsetvalue(result, 0, c, number, 16);
            break;
        }
    }
    return result;
}

static enum problem answer(const struct handler *handler, struct request *request, struct reply *reply)
{
    struct call call = {.statement = STATEMENT_NONE};
    enum problem problem = handler->bind(request, &call);
    for (int calls = 0; problem == PROBLEM_NONE && calls < MOST_CALLS; calls++) {
        PGresult *result = call.statement == STATEMENT_NONE ? NULL : good_row(call.statement);
        struct rows rows = {.result = result, .count = result == NULL ? 0 : 1, .statement = call.statement};
        call.statement = STATEMENT_NONE;
        if (handler->proceed != NULL)
            problem = handler->proceed(request, &rows, &call);
        bool is_last = problem != PROBLEM_NONE || call.statement == STATEMENT_NONE;
        if (problem == PROBLEM_NONE && is_last)
            problem = handler->render(request, &rows, reply);
        PQclear(result);
        if (is_last)
            return problem;
    }
    return problem;
}

/* How many allocations it took: all of them succeed once `left` is above that. */
static bool runs_out(enum operation operation, int left, enum problem *problem, bool *is_whole)
{
    const struct operation_info *info = &operation_infos[operation];
    struct request *request = calloc(1, sizeof *request);
    struct reply reply = {.status = 200};
    struct upload upload = {.bytes = 1};
    arena_release_spare();
    request->arena = arena_open();
    request->operation = operation;
    request->upload = info->streams_body ? &upload : NULL;
    request->principal = (struct principal){.kind = PRINCIPAL_CLIENT, .client_kind = CLIENT_PROVIDER};
    for (int a = 0; a < info->args_count; a++)
        give(&request->args[a], &info->args[a]);
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    allocations_left = left;
    allocations_failed = 0;
    *problem = answer(info->handler, request, &reply);
    bool is_out = allocations_failed > 0;
    allocations_left = -1;
    *is_whole = !reply.body.failed;
    text_fini(&reply.body);
    arena_close(request->arena);
    free(request);
    return is_out;
}

static void fail_each(enum operation operation)
{
    enum problem problem, usual;
    bool is_whole;
    runs_out(operation, MOST_ALLOCATIONS, &usual, &is_whole);
    for (int left = 0; runs_out(operation, left, &problem, &is_whole); left++) {
        assert_true(left < MOST_ALLOCATIONS);
        if (problem != PROBLEM_INTERNAL_ERROR && is_whole && problem != usual)
            fail_msg("%s without its allocation %d: %s", operation_infos[operation].name, left,
                     problem_infos[problem].code);
    }
}

static void fail_all(void)
{
    int seen = 0;
    for (enum operation operation = OPERATION_NONE + 1; operation < OPERATION_COUNT; operation++) {
        if (!moves_money(&operation_infos[operation]))
            continue;
        fail_each(operation);
        seen++;
    }
    assert_true(seen > 0);
}

static void test_each_allocation_fails_in_turn(void **state)
{
    fail_all();
    allocations_fail_in_a_row = 1;
    fail_all();
    allocations_fail_in_a_row = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_fails_in_turn)};
    return cmocka_run_group_tests(tests, open_keys, close_keys);
}
