/* Writes a message as JSON, and appends it to a file or posts it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/jobs/sms_internal.h"
#include "server/json_writer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_SCHEME "file:"

struct sms_gateway {
    const char *file; /* NULL: none */
    struct sms_https *https;
};

struct sms_gateway *sms_open(const struct config *config, const char **error)
{
    struct sms_gateway *gateway = calloc(1, sizeof *gateway);
    *error = "out of memory";
    if (gateway == NULL)
        return NULL;
    if (strncmp(config->sms_gateway, FILE_SCHEME, strlen(FILE_SCHEME)) == 0)
        gateway->file = config->sms_gateway + strlen(FILE_SCHEME);
    else if (config->sms_gateway[0] != '\0')
        gateway->https = sms_https_open(config, error);
    if (gateway->file != NULL || gateway->https != NULL || config->sms_gateway[0] == '\0')
        return gateway;
    free(gateway);
    return NULL;
}

static void write_message(const struct sms_message *message, bool with_instant, struct text *body)
{
    struct json_writer writer;
    json_writer_init(&writer, body);
    json_object_open(&writer);
    json_key(&writer, "outbox_id");
    json_uuid(&writer, message->outbox_id);
    json_key(&writer, "to");
    json_text(&writer, message->to);
    json_key(&writer, "text");
    json_text(&writer, message->text);
    if (with_instant) {
        json_key(&writer, "at");
        json_instant(&writer, clock_real_us());
    }
    json_object_close(&writer);
}

/* Development and tests. One write(2) with O_APPEND: lines of several processes do not mix. */
static enum sms_outcome append(const char *path, struct text *body, const char **error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    text_append_char(body, '\n');
    bool ok = file >= 0 && write(file, body->bytes, body->length) == (ssize_t)body->length;
    if (file >= 0)
        close(file);
    *error = "file_not_written";
    return ok ? SMS_SENT : SMS_AGAIN;
}

enum sms_outcome sms_send(struct sms_gateway *gateway, const struct sms_message *message, int stop_fd,
                          const char **error)
{
    enum sms_outcome outcome = SMS_AGAIN;
    *error = "no_gateway";
    if (gateway->file == NULL && gateway->https == NULL)
        return outcome;
    struct text body;
    text_init(&body, SMS_BODY_BYTES);
    text_reserve(&body, SMS_BODY_BYTES); /* it never moves, so nothing of it is left elsewhere */
    write_message(message, gateway->file != NULL, &body);
    if (body.failed)
        *error = "too_long";
    else if (gateway->file != NULL)
        outcome = append(gateway->file, &body, error);
    else
        outcome = sms_https_send(gateway->https, message, text_span(&body), stop_fd, error);
    if (body.bytes != NULL)
        explicit_bzero(body.bytes, body.capacity);
    text_fini(&body);
    return outcome;
}

void sms_close(struct sms_gateway *gateway)
{
    if (gateway == NULL)
        return;
    if (gateway->https != NULL)
        sms_https_close(gateway->https);
    free(gateway);
}
