/* Posts text messages to the gateway with libcurl. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/jobs/sms_internal.h"
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 3000
#define TIMEOUT_MS 7000
#define STOP_GRACE_US INT64_C(2000000)
#define ANSWER_BYTES_MAXIMUM 65536 /* nothing of it is used */

struct sms_https {
    bool needs_key;
    CURL *curl;
    size_t answer_bytes;
    int64_t stop_seen_us; /* monotonic; 0: not yet */
    int stop_fd;
};

bool sms_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static size_t ignore_answer(char *bytes, size_t size, size_t count, void *cls)
{
    struct sms_https *https = cls;
    (void)bytes;
    https->answer_bytes += size * count;
    return https->answer_bytes > ANSWER_BYTES_MAXIMUM ? 0 : size * count;
}

/* A stop waits a moment for an answer that is on its way, for without it the message is sent twice. */
static int watch_stop(void *cls, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct sms_https *https = cls;
    struct pollfd stop = {.fd = https->stop_fd, .events = POLLIN};
    (void)a, (void)b, (void)c, (void)d;
    if (https->stop_seen_us == 0 && poll(&stop, 1, 0) == 1)
        https->stop_seen_us = clock_monotonic_us();
    return https->stop_seen_us != 0 && clock_monotonic_us() - https->stop_seen_us > STOP_GRACE_US;
}

static bool set_options(struct sms_https *https, const struct config *config)
{
    CURL *curl = https->curl;
    const char *protocols = config_is_production(config) ? "https" : "https,http";
    return curl_easy_setopt(curl, CURLOPT_URL, config->sms_gateway) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           /* A time-out does not wait for the thread that still asks the name server. */
           curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_answer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, https) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_stop) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, https) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

struct sms_https *sms_https_open(const struct config *config, const char **error)
{
    struct sms_https *https = calloc(1, sizeof *https);
    *error = "the SMS gateway cannot be used: out of memory, or libcurl lacks TLS";
    if (https == NULL)
        return NULL;
    https->needs_key = config->sms_key_file[0] != '\0';
    https->curl = curl_easy_init();
    bool ok = https->curl != NULL && set_options(https, config);
    if (ok && https->needs_key)
        ok = sms_key_open(config->sms_key_file, error);
    if (ok)
        return https;
    sms_https_close(https);
    return NULL;
}

/* What the gateway says: too early and too many mean later; another 4xx would be the same again. */
static enum sms_outcome outcome_of(long status, const char **error)
{
    if (status >= 200 && status < 300)
        return SMS_SENT;
    bool is_final = status >= 400 && status < 500 && status != 408 && status != 429;
    *error = is_final ? "gateway_refused" : status == 429 ? "gateway_too_many" : "gateway_failed";
    return is_final ? SMS_REFUSED : SMS_AGAIN;
}

static struct curl_slist *append_headers(const char *idempotency_key, const char *authorization)
{
    /* Expect: curl would wait a second for leave to send a longer body. */
    const char *lines[] = {"Content-Type: application/json", "Expect:", idempotency_key, authorization};
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && lines[i] != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(headers, lines[i]);
        if (longer == NULL) {
            curl_slist_free_all(headers);
            return NULL;
        }
        headers = longer;
    }
    return headers;
}

static struct curl_slist *make_headers(const struct sms_https *https, const char *idempotency_key)
{
    if (!https->needs_key)
        return append_headers(idempotency_key, NULL);
    char *authorization = sms_key_header();
    struct curl_slist *headers = authorization == NULL ? NULL : append_headers(idempotency_key, authorization);
    sms_key_forget(authorization);
    return headers;
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

enum sms_outcome sms_https_send(struct sms_https *https, const struct sms_message *message, struct span body,
                                int stop_fd, const char **error)
{
    char idempotency_key[64] = "Idempotency-Key: ";
    uuid_format(message->outbox_id, idempotency_key + strlen(idempotency_key));
    struct curl_slist *headers = make_headers(https, idempotency_key);
    CURL *curl = https->curl;
    long timeout_ms = message->timeout_ms < TIMEOUT_MS ? (long)message->timeout_ms : TIMEOUT_MS;
    if (timeout_ms < 1)
        timeout_ms = 1; /* 0 would be: none */
    https->answer_bytes = 0;
    https->stop_seen_us = 0;
    https->stop_fd = stop_fd;
    *error = "gateway_unreachable";
    long status = 0;
    bool answered = headers != NULL && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
                    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.length) == CURLE_OK &&
                    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.bytes) == CURLE_OK &&
                    curl_easy_perform(curl) == CURLE_OK &&
                    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    free_headers(headers);
    return answered ? outcome_of(status, error) : SMS_AGAIN;
}

void sms_https_close(struct sms_https *https)
{
    if (https->curl != NULL)
        curl_easy_cleanup(https->curl);
    free(https);
}
