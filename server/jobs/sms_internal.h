/* What the two senders of text messages share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/jobs/sms.h"
#include "server/text.h"

#define SMS_BODY_BYTES 8192

struct sms_https; /* a libcurl handle with the gateway's address and key */

struct sms_https *sms_https_open(const struct config *config, const char **error);
enum sms_outcome sms_https_send(struct sms_https *https, const struct sms_message *message, struct span body,
                                int stop_fd, const char **error);
void sms_https_close(struct sms_https *https);

/* Reads the key file, now and at every sms_reload(); `path` is kept. False with *error, a line of this thread. */
bool sms_key_open(const char *path, const char **error);
/* The header with the key, to be given to sms_key_forget(); NULL without memory. Any thread. */
char *sms_key_header(void);
void sms_key_forget(char *text); /* wipes and frees; NULL is fine */
