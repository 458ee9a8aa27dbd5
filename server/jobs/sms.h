/* Hands text messages to the gateway that YIBAO_SMS_GATEWAY names. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/span.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stdint.h>

struct sms_message {
    struct uuid outbox_id; /* the gateway's idempotency key: the same message may come twice, and is sent once */
    struct span to;        /* phone number */
    struct span text;      /* UTF-8 */
    int64_t timeout_ms;    /* what is left until the message expires */
};

enum sms_outcome {
    SMS_SENT,
    SMS_AGAIN,  /* the same may succeed later */
    SMS_REFUSED /* it never will */
};

struct sms_gateway; /* belongs to one thread */

/* Once, before any thread. False when libcurl cannot be used. */
bool sms_start(void);
/* NULL with a line for a person in *error; without a gateway in the settings every message is SMS_AGAIN. */
struct sms_gateway *sms_open(const struct config *config, const char **error);
/* `*error` is a literal code (a-z_) unless it is sent. Gives up early when `stop_fd` is readable for two seconds. */
enum sms_outcome sms_send(struct sms_gateway *gateway, const struct sms_message *message, int stop_fd,
                          const char **error);
/* Any thread: reads the key file again, for all who send. One that cannot be read leaves the old key. */
void sms_reload(void);
void sms_close(struct sms_gateway *gateway);
