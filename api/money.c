/* Reads the key of a request that moves money, and says what became of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/money.h"
#include "api/api.h"
#include "server/clock.h"
#include "server/http/idempotency.h"
#include "server/log.h"

#define RETRY_AFTER_S "1" /* the same request elsewhere: it is over within its time-out, mostly within milliseconds */

static const char *const successes[] = {"created", "captured", "voided", "refunded", "done"};

/* What PostgreSQL counts in bytes, and logs can show. */
static bool is_visible_ascii(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < '!' || text.bytes[i] > '~')
            return false;
    return true;
}

void money_check_number(struct request *request, const char *name, struct span number)
{
    if (!is_visible_ascii(number))
        request_fault(request, ARG_BODY, name, "malformed", NULL);
}

void money_now(struct money *money)
{
    money->instant_us = clock_business_us();
    money->real_us = clock_real_us();
    money->business_date = clock_date_of(money->instant_us);
}

enum problem money_begin(struct request *request, int key_arg, int dry_run_arg, struct money *money)
{
    uint8_t hash[IDEMPOTENCY_HASH_BYTES];
    money->key = request->args[key_arg].text;
    if (!is_visible_ascii(money->key)) {
        request_fault(request, ARG_HEADER, operation_infos[request->operation].args[key_arg].name, "malformed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!idempotency_hash(request, hash) ||
        !keyring_hash(api_keyring(), KEY_HASH_CONTENT,
                      (struct span){.bytes = (const char *)hash, .length = sizeof hash}, money->content_hash))
        return PROBLEM_INTERNAL_ERROR;
    request->is_dry_run = dry_run_arg >= 0 && request->args[dry_run_arg].number != 0;
    money->hash_algorithm = api_chain_hash();
    money_now(money);
    return PROBLEM_NONE;
}

static bool is_success(struct span status)
{
    for (size_t i = 0; i < sizeof successes / sizeof successes[0]; i++)
        if (span_equal(status, span_of(successes[i])))
            return true;
    return false;
}

static enum problem problem_named(struct span code)
{
    if (span_equal(code, SPAN("day_settled"))) {
        LOG(LOG_ERROR, "business_day_is_settled"); /* the clock of this machine is minutes slow */
        return PROBLEM_DEADLINE_EXCEEDED;
    }
    for (enum problem problem = PROBLEM_NONE + 1; problem < PROBLEM_COUNT; problem++)
        if (span_equal(code, span_of(problem_infos[problem].code)))
            return problem;
    LOG(LOG_ERROR, "status_unknown", LOG_TEXT("status", code));
    return PROBLEM_INTERNAL_ERROR;
}

enum problem money_outcome(struct request *request, struct span status, bool is_replayed, struct reply *reply)
{
    (void)request;
    if (is_replayed)
        reply_header(reply, "Idempotent-Replayed", "true");
    if (is_success(status))
        return PROBLEM_NONE;
    enum problem problem = problem_named(status);
    if (problem == PROBLEM_REQUEST_IN_PROGRESS)
        reply_header(reply, "Retry-After", RETRY_AFTER_S);
    return problem;
}
