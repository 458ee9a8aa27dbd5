/* A client sees what is a person's only while that person consents to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/consent.h"
#include "server/clock.h"
#include "server/http/steps.h"

/* The generator lets only an id of the person stand first. */
static uint64_t person_key_of(const struct exchange *exchange)
{
    return uuid_key(exchange->request.args[0].uuid);
}

static void consent_came(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct exchange *exchange = (struct exchange *)task;
    enum problem problem = steps_problem_of(outcome);
    if (problem == PROBLEM_NONE && rows->count == 0)
        problem = PROBLEM_NOT_FOUND;
    if (problem != PROBLEM_NONE) {
        exchange_answer_problem(exchange, problem);
        return;
    }
    exchange->request.consent_id = row_uuid(rows, 0, CONSENT_FIND_COLUMN_CONSENT_ID);
    exchange->request.consent_person_key = person_key_of(exchange);
    steps_begin(exchange);
}

void consent_ask(struct exchange *exchange)
{
    struct call *call = &exchange->task.call;
    call_init(call, STATEMENT_CONSENT_FIND);
    call_uuid(call, CONSENT_FIND_PARAM_CLIENT_ID, exchange->request.principal.subject_id);
    call_int(call, CONSENT_FIND_PARAM_PERSON_KEY, (int64_t)person_key_of(exchange));
    call_text(call, CONSENT_FIND_PARAM_SCOPE, exchange->operation->scope);
    call_instant(call, CONSENT_FIND_PARAM_AT, clock_real_us());
    exchange->task.done = consent_came;
    exchange->task.lane = LANE_READ;
    steps_ask(exchange, EXCHANGE_TOKEN);
}
