/* Sends what the table outbox holds: at least once, never after its time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs/outbox.h"
#include "server/clock.h"
#include "server/jobs/sms.h"
#include "server/log.h"
#include "server/metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define POLL_US SECOND_US /* how late a repeated message may be; new ones wake the worker */
#define BATCH 3
/* One message takes 7 s at most: three fit, and what a killed process had taken is sent by another one soon after. */
#define LEASE_US (30 * SECOND_US)
#define LEASE_MARGIN_US (8 * SECOND_US)
#define ATTEMPTS_MAXIMUM 20
#define PAUSE_MAXIMUM_US (900 * SECOND_US)
#define KEEP_US (7 * 24 * 3600 * SECOND_US)
#define TIDY_EVERY_US (60 * SECOND_US)
#define COUNT_EVERY_US (5 * SECOND_US)
#define TIDY_ROWS "1000"
#define TEXT_BYTES 4096

struct outbox {
    const struct keyring *keyring;
    struct sms_gateway *gateway;
    char owner[UUID_TEXT_LENGTH + 1];
    bool is_first;
    int64_t count_due_us, tidy_due_us;
    int64_t waiting; /* as last counted */
};

struct message {
    struct uuid outbox_id;
    const char *id_text;
    const char *fencing;
    unsigned attempts;
    int64_t expires_at_us;
};

enum {
    COLUMN_OUTBOX_ID,
    COLUMN_KIND,
    COLUMN_FENCING,
    COLUMN_ATTEMPTS,
    COLUMN_PAYLOAD,
    COLUMN_PERSON_ID,
    COLUMN_PHONE,
    COLUMN_EXPIRES_AT_US,
    COLUMN_IS_EXPIRED
};

struct outbox *outbox_open(const struct config *config, const struct keyring *keyring, bool is_first,
                           const char **error)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    *error = "out of memory";
    if (outbox == NULL)
        return NULL;
    outbox->keyring = keyring;
    outbox->is_first = is_first;
    uuid_format(uuid_make(uuid_random_key()), outbox->owner);
    outbox->gateway = sms_open(config, error);
    if (outbox->gateway != NULL)
        return outbox;
    free(outbox);
    return NULL;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    sms_close(outbox->gateway);
    free(outbox);
}

/* A sealed column of the row, opened into `out`; an empty span when it is null or does not open. */
static struct span open_sealed(const struct outbox *outbox, const PGresult *rows, int row, int column,
                               const char *table_column, struct uuid row_id, char out[TEXT_BYTES])
{
    size_t sealed_bytes = 0;
    size_t length = 0;
    if (PQgetisnull(rows, row, column))
        return (struct span){0};
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)PQgetvalue(rows, row, column), &sealed_bytes);
    struct span sealed = {.bytes = (const char *)bytes, .length = sealed_bytes};
    bool opened =
        bytes != NULL && keyring_unseal(outbox->keyring, table_column, row_id, sealed, out, TEXT_BYTES, &length);
    PQfreemem(bytes);
    return (struct span){.bytes = out, .length = opened ? length : 0};
}

static enum sms_outcome send_sms(const struct outbox *outbox, const PGresult *rows, int row,
                                 const struct message *message, int stop_fd, const char **error)
{
    char text[TEXT_BYTES];
    char phone[TEXT_BYTES];
    struct uuid person_id = {0};
    enum sms_outcome outcome = SMS_REFUSED;
    struct sms_message sms = {
        .outbox_id = message->outbox_id,
        .text = open_sealed(outbox, rows, row, COLUMN_PAYLOAD, "outbox.payload", message->outbox_id, text),
        .timeout_ms = (message->expires_at_us - clock_real_us()) / 1000,
    };
    if (uuid_parse(span_of(PQgetvalue(rows, row, COLUMN_PERSON_ID)), &person_id))
        sms.to = open_sealed(outbox, rows, row, COLUMN_PHONE, "person.phone", person_id, phone);
    *error = sms.to.length == 0 ? "no_phone" : "not_opened";
    if (sms.to.length > 0 && sms.text.length > 0)
        outcome = sms_send(outbox->gateway, &sms, stop_fd, error);
    explicit_bzero(text, sizeof text);
    explicit_bzero(phone, sizeof phone);
    return outcome;
}

/* 1 s, 2 s, 4 s, … up to a quarter of an hour. */
static int64_t pause_us(unsigned attempts)
{
    int64_t pause = SECOND_US << (attempts < 11 ? attempts - 1 : 10);
    return pause < PAUSE_MAXIMUM_US ? pause : PAUSE_MAXIMUM_US;
}

static bool settle(struct worker *worker, const struct message *message, enum sms_outcome outcome, const char *error)
{
    bool is_final = outcome == SMS_REFUSED || (outcome == SMS_AGAIN && message->attempts >= ATTEMPTS_MAXIMUM);
    const char *state = outcome == SMS_SENT ? "sent" : is_final ? "failed" : "again";
    char now[33];
    char retry_at[33];
    instant_format(clock_real_us(), now);
    instant_format(clock_real_us() + pause_us(message->attempts), retry_at);
    metrics_count(outcome == SMS_SENT ? METRIC_OUTBOX_SENT : is_final ? METRIC_OUTBOX_FAILED : METRIC_OUTBOX_REPEATED);
    if (outcome != SMS_SENT)
        LOG(is_final ? LOG_WARNING : LOG_INFO, "outbox_not_sent", LOG_TEXT("why", span_of(error)),
            LOG_INT("attempts", message->attempts), LOG_TEXT("then", span_of(state)));
    const char *values[] = {
        message->id_text, message->fencing, now, state, retry_at, outcome == SMS_SENT ? NULL : error};
    PGresult *settled = worker_query(worker, "SELECT outbox_settle($1, $2, $3, $4, $5, $6)", 6, values);
    PQclear(settled);
    return settled != NULL;
}

/* Taken, but the process is to stop: another one may send it at once. */
static bool give_back(struct worker *worker, const struct message *message)
{
    char now[33];
    instant_format(clock_real_us(), now);
    const char *values[] = {message->id_text, message->fencing, now};
    PQclear(worker_query(worker, "SELECT outbox_settle($1, $2, $3, 'again', $3, NULL)", 3, values));
    return true;
}

static bool send_one(struct outbox *outbox, struct worker *worker, const PGresult *rows, int row)
{
    struct message message = {
        .id_text = PQgetvalue(rows, row, COLUMN_OUTBOX_ID),
        .fencing = PQgetvalue(rows, row, COLUMN_FENCING),
        .attempts = (unsigned)strtoul(PQgetvalue(rows, row, COLUMN_ATTEMPTS), NULL, 10),
        .expires_at_us = strtoll(PQgetvalue(rows, row, COLUMN_EXPIRES_AT_US), NULL, 10),
    };
    if (PQgetvalue(rows, row, COLUMN_IS_EXPIRED)[0] == 't') {
        metrics_count(METRIC_OUTBOX_EXPIRED);
        return true;
    }
    if (!uuid_parse(span_of(message.id_text), &message.outbox_id) || message.expires_at_us <= clock_real_us())
        return true; /* its lease ends, and it is put aside */
    if (worker_is_stopping(worker))
        return give_back(worker, &message);
    const char *error = "no_sender";
    enum sms_outcome outcome = SMS_REFUSED;
    if (strcmp(PQgetvalue(rows, row, COLUMN_KIND), "sms") == 0)
        outcome = send_sms(outbox, rows, row, &message, worker_stop_fd(worker), &error);
    else if (strcmp(PQgetvalue(rows, row, COLUMN_KIND), "event") == 0)
        outcome = SMS_SENT; /* nobody can subscribe yet, so all who do have it */
    return settle(worker, &message, outcome, error);
}

static PGresult *lease(const struct outbox *outbox, struct worker *worker, int64_t now_us)
{
    char now[33];
    char until[33];
    char limit[8];
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    snprintf(limit, sizeof limit, "%d", BATCH);
    const char *values[] = {now, outbox->owner, until, limit};
    return worker_query(
        worker,
        "SELECT outbox_id, kind, fencing, attempts, payload_sealed, person_id, phone_sealed, "
        "(extract(epoch FROM expires_at) * 1000000)::bigint, is_expired FROM outbox_lease($1, $2, $3, $4)",
        4, values);
}

/* True when there may be more. */
static bool send_batch(struct outbox *outbox, struct worker *worker)
{
    int64_t now_us = clock_real_us();
    PGresult *rows = lease(outbox, worker, now_us);
    int count = rows == NULL ? 0 : PQntuples(rows);
    bool ok = rows != NULL;
    for (int row = 0; ok && row < count && clock_real_us() < now_us + LEASE_US - LEASE_MARGIN_US; row++)
        ok = send_one(outbox, worker, rows, row);
    PQclear(rows);
    return ok && count == BATCH;
}

static void count_waiting(struct outbox *outbox, struct worker *worker)
{
    PGresult *counted = worker_query(
        worker, "SELECT count(*) FROM (SELECT FROM outbox WHERE state = 'waiting' LIMIT 100000) AS waiting", 0, NULL);
    if (counted != NULL) {
        int64_t waiting = strtoll(PQgetvalue(counted, 0, 0), NULL, 10);
        metrics_outbox_waiting(waiting - outbox->waiting);
        outbox->waiting = waiting;
    }
    PQclear(counted);
}

static void tidy(struct worker *worker)
{
    char before[33];
    instant_format(clock_real_us() - KEEP_US, before);
    const char *values[] = {before, TIDY_ROWS};
    for (bool more = true; more && !worker_is_stopping(worker);) {
        PGresult *removed = worker_query(worker, "SELECT outbox_tidy($1, $2)", 2, values);
        more = removed != NULL && strcmp(PQgetvalue(removed, 0, 0), TIDY_ROWS) == 0;
        PQclear(removed);
    }
}

int64_t outbox_turn(void *state, struct worker *worker)
{
    struct outbox *outbox = state;
    while (!worker_is_stopping(worker) && send_batch(outbox, worker))
        continue;
    int64_t now_us = clock_monotonic_us();
    if (outbox->is_first && now_us >= outbox->count_due_us) {
        outbox->count_due_us = now_us + COUNT_EVERY_US;
        count_waiting(outbox, worker);
    }
    if (outbox->is_first && now_us >= outbox->tidy_due_us) {
        outbox->tidy_due_us = now_us + TIDY_EVERY_US;
        tidy(worker);
    }
    return POLL_US;
}
