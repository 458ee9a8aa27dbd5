/* JSON log lines on standard error, one per event, without personal data. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log_field {
    const char *key;
    enum { LOG_FIELD_TEXT, LOG_FIELD_INT } type;
    struct span text;
    int64_t number;
};

#define LOG_TEXT(k, v) ((struct log_field){.key = (k), .type = LOG_FIELD_TEXT, .text = (v)})
#define LOG_INT(k, v) ((struct log_field){.key = (k), .type = LOG_FIELD_INT, .number = (v)})

/*
 * Never pass a citizen number, name, phone, card, token, code or query string. Lines collect in a per-thread buffer and
 * are written by log_flush (one write(2) per loop turn); a thread without a loop calls log_flush itself. Lines beyond
 * the buffer are counted and reported in the next line as "dropped".
 */
void log_set_level(enum log_level level);
void log_set_level_named(const char *name); /* error, warning, info or debug; anything else changes nothing */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count);
void log_flush(void);

#define LOG(level, event, ...)                                                                                         \
    log_event(level, event, (const struct log_field[]){__VA_ARGS__},                                                   \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
