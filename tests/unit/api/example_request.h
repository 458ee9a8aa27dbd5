/* Sends the contract's example requests through the program without HTTP and PostgreSQL, and answers what it asks with
 * one row in which everything is there. The test links with the --wrap options of test_routes_without_memory.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/api.h"
#include "server/auth/password.h"
#include "server/clock.h"
#include "server/crypto/keyring_internal.h"
#include "server/http/exchange.h"
#include "server/http/page.h"
#include "server/json_memory.h"
#include "server/spool.h"
#include "tests/unit/api/example_rows.h"
#include "tests/unit/harness.h"
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#define EXAMPLE_HEADERS 8

struct example {
    enum operation operation;
    const char *principal; /* as in x-example-request */
    const char *method;
    struct span target;
    struct guard_header headers[EXAMPLE_HEADERS];
    size_t headers_count;
    struct span body;
};

#include "examples.inc" /* generated from openapi.yaml by tools/generate_examples.py */

/* What was asked of PostgreSQL: names of statements, and of each parameter whether it is null, or how long its text is.
 */
struct asked {
    char text[8192];
    size_t length;
};

static struct asked asked;

static struct service service;
static struct exchange_context context = {.service = &service};
static struct keyring *keyring;
static struct task *waiting_task;
static struct work *waiting_work;
static const struct example *current;

static inline void asked_clear(void)
{
    asked.length = 0;
    asked.text[0] = '\0';
}

static inline void note(const char *format, long long number)
{
    int length = snprintf(asked.text + asked.length, sizeof asked.text - asked.length, format, number);
    assert_true(length > 0 && asked.length + (size_t)length < sizeof asked.text);
    asked.length += (size_t)length;
}

static inline void note_call(const struct call *call)
{
    const struct statement_info *info = &statement_infos[call->statement];
    int length = snprintf(asked.text + asked.length, sizeof asked.text - asked.length, "%s(", info->name);
    asked.length += (size_t)length;
    for (int i = 0; i < info->params_count; i++) {
        const struct value *value = &call->values[i];
        bool has_bytes = info->params[i] == VALUE_TEXT || info->params[i] == VALUE_BYTEA;
        note(value->is_null ? "- "
             : has_bytes    ? "%lld "
                            : "x ",
             has_bytes && !value->is_null ? (long long)value->bytes.length : 0);
    }
    note(") ", 0);
}

/* Whether `part` is how `whole` starts: it stopped early, and did nothing else. */
static inline bool asked_begins_with(const struct asked *whole, const struct asked *part)
{
    return part->length <= whole->length && memcmp(part->text, whole->text, part->length) == 0;
}

bool __real_keyring_unseal(const struct keyring *keys, const char *table_column, struct uuid row_id, struct span sealed,
                           char *out, size_t out_bytes, size_t *written_bytes);
bool __wrap_lanes_submit(struct lanes *lanes, struct task *task);
void __wrap_lanes_cancel(struct lanes *lanes, struct task *task);
bool __wrap_lanes_have_replica(const struct lanes *lanes);
bool __wrap_work_submit(struct work_pool *pool, struct work_inbox *inbox, struct work *work);
bool __wrap_work_withdraw(struct work_pool *pool, struct work *work);
bool __wrap_keyring_unseal(const struct keyring *keys, const char *table_column, struct uuid row_id, struct span sealed,
                           char *out, size_t out_bytes, size_t *written_bytes);
bool __wrap_password_derive(struct span secret, const struct password_params *params, struct password_hash *hash);
bool __wrap_password_verify(struct span secret, const struct password_params *params,
                            const uint8_t stored[KEYED_HASH_BYTES], unsigned version, bool *is_right);

bool __wrap_lanes_submit(struct lanes *lanes, struct task *task)
{
    if (task->before != NULL)
        note_call(task->before);
    note_call(&task->call);
    waiting_task = task;
    return true;
}

void __wrap_lanes_cancel(struct lanes *lanes, struct task *task)
{
    waiting_task = NULL;
}

bool __wrap_lanes_have_replica(const struct lanes *lanes)
{
    return false;
}

bool __wrap_work_submit(struct work_pool *pool, struct work_inbox *inbox, struct work *work)
{
    waiting_work = work;
    return true;
}

bool __wrap_work_withdraw(struct work_pool *pool, struct work *work)
{
    waiting_work = NULL;
    return true;
}

/* scrypt's memory is OpenSSL's, which is not made to fail here, and its time would be all there is. */
bool __wrap_password_derive(struct span secret, const struct password_params *params, struct password_hash *hash)
{
    memset(hash->items, params->salt[0], sizeof hash->items);
    return true;
}

bool __wrap_password_verify(struct span secret, const struct password_params *params,
                            const uint8_t stored[KEYED_HASH_BYTES], unsigned version, bool *is_right)
{
    *is_right = stored[0] == params->salt[0];
    return true;
}

/* What the rows below hold was never sealed. */
bool __wrap_keyring_unseal(const struct keyring *keys, const char *table_column, struct uuid row_id, struct span sealed,
                           char *out, size_t out_bytes, size_t *written_bytes)
{
    static const char plain[] = "622202000000";
    if (sealed.length < 7 || memcmp(sealed.bytes, "created", 7) != 0)
        return __real_keyring_unseal(keys, table_column, row_id, sealed, out, out_bytes, written_bytes);
    *written_bytes = out_bytes < sizeof plain - 1 ? out_bytes : sizeof plain - 1;
    memcpy(out, plain, *written_bytes);
    return true;
}

static inline void token_row(PGresult *row)
{
    const char *kind = current->principal;
    bool is_staff = strncmp(kind, "staff", 5) == 0 || strcmp(kind, "admin") == 0;
    bool is_citizen = strncmp(kind, "citizen", 7) == 0;
    const char *client = strncmp(kind, "client:", 7) == 0 ? kind + 7 : "provider";
    rows_put_text(row, TOKEN_FIND_COLUMN_KIND, is_staff ? "staff" : is_citizen ? "citizen" : "client");
    rows_put_text(row, TOKEN_FIND_COLUMN_ROLES, "operator,reviewer,policy,security,auditor");
    rows_put_text(row, TOKEN_FIND_COLUMN_REGIONS, "000000");
    rows_put_text(row, TOKEN_FIND_COLUMN_CLIENT_KIND, client);
    rows_put_id(row, TOKEN_FIND_COLUMN_SUBJECT_ID);
    rows_put_null(row, TOKEN_FIND_COLUMN_EXPIRES_AT);
}

/* Gives what is waited for until nothing is. */
static inline void example_step(void)
{
    while (waiting_task != NULL || waiting_work != NULL) {
        struct work *work = waiting_work;
        struct task *task = waiting_task;
        waiting_work = NULL;
        waiting_task = NULL;
        if (work != NULL) {
            work->failed = !work->run(work->state);
            work->done(work);
            continue;
        }
        enum statement statement = task->call.statement;
        PGresult *row = rows_good(statement);
        if (statement == STATEMENT_TOKEN_FIND)
            token_row(row);
        const struct rows rows = {.result = row, .count = PQntuples(row), .statement = statement};
        task->done(task, TASK_DONE, &rows);
        PQclear(row);
    }
}

static inline const struct example *example_of(enum operation operation)
{
    for (size_t i = 0; i < COUNT_OF(examples); i++)
        if (examples[i].operation == operation)
            return &examples[i];
    return NULL;
}

/* NULL when there is no memory for a request: its connection then ends. */
static inline struct exchange *example_send(const struct example *example)
{
    static struct guard_header headers[EXAMPLE_HEADERS + 1];
    static char bearer[TOKEN_TEXT_LENGTH + 8] = "Bearer ";
    const struct sockaddr_in peer = {.sin_family = AF_INET};
    current = example;
    memcpy(headers, example->headers, sizeof example->headers);
    size_t count = example->headers_count;
    token_cache_close(context.tokens);
    int left = allocations_left;
    allocations_left = -1;
    context.tokens = token_cache_open(1000000);
    if (bearer[7] == '\0')
        assert_true(token_make(PRINCIPAL_CITIZEN, bearer + 7));
    allocations_left = left;
    if (strcmp(example->principal, "none") != 0)
        headers[count++] = (struct guard_header){SPAN("Authorization"), span_of(bearer)};
    struct exchange *exchange = exchange_open(&context, example->target, clock_monotonic_us());
    if (exchange == NULL)
        return NULL;
    const struct guard_input head = {.method = span_of(example->method),
                                     .target = exchange->target,
                                     .version = SPAN("HTTP/1.1"),
                                     .headers = headers,
                                     .headers_count = count};
    exchange_head(exchange, &head, (const struct sockaddr *)&peer);
    return exchange;
}

static inline void example_answer(struct exchange *exchange)
{
    if (current->body.length > 0)
        while (!exchange_body(exchange, current->body))
            example_step();
    exchange_start(exchange);
    example_step();
    assert_int_equal(exchange->stage, EXCHANGE_ANSWERED);
}

static void answered(struct exchange_context *unused, struct exchange *exchange)
{
}

static char spool_directory[] = "/tmp/yibaod-examples-XXXXXX";

static int example_begin(void **state)
{
    static struct config config = {
        .mode = "development", .sms_gateway = "file:/dev/null", .chain_hash = "sha256", .write_timeout_ms = 5000};
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    const char *error = NULL;
    memset(keys, 7, sizeof keys);
    json_memory_install();
    keyring = keyring_open_fixed(keys);
    assert_non_null(keyring);
    assert_non_null(mkdtemp(spool_directory));
    config.spool_directory = spool_directory;
    api_init(&config, keyring);
    page_init(keys[0]);
    service.config = &config;
    service.spool = spool_open(&config, keyring, &error);
    service.rate_by_principal = rate_limit_open("principal", 1000000, 1);
    service.rate_by_address = rate_limit_open("address", 1000000, 1);
    context.answered = answered;
    assert_non_null(service.spool);
    return 0;
}

static int example_end(void **state)
{
    char command[64];
    token_cache_close(context.tokens);
    rate_limit_close(service.rate_by_principal);
    rate_limit_close(service.rate_by_address);
    spool_close((struct spool *)(uintptr_t)service.spool);
    keyring_close(keyring);
    arena_release_spare();
    snprintf(command, sizeof command, "rm -r %s", spool_directory);
    return system(command);
}
