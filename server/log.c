/* Collects log lines per thread and writes them in one stroke. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log.h"
#include "server/clock.h"
#include "server/json_writer.h"
#include "server/log_sink.h"
#include "server/metrics.h"
#include <stdatomic.h>

/* Some 300 lines of 200 bytes between two turns of a loop. */
#define BUFFER_BYTES 65536

static _Atomic int least_level = LOG_INFO;

static _Thread_local char buffer[BUFFER_BYTES];
static _Thread_local struct text lines = {.maximum_bytes = BUFFER_BYTES - 1, .capacity = BUFFER_BYTES};
static _Thread_local int64_t dropped;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&least_level, level, memory_order_relaxed);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error";
    case LOG_WARNING:
        return "warning";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    }
    return "unknown";
}

void log_set_level_named(const char *name)
{
    for (int level = LOG_ERROR; level <= LOG_DEBUG; level++)
        if (strcmp(level_name((enum log_level)level), name) == 0)
            log_set_level((enum log_level)level);
}

static void write_field(struct json_writer *writer, const struct log_field *field)
{
    json_key(writer, field->key);
    switch (field->type) {
    case LOG_FIELD_TEXT:
        json_text(writer, field->text);
        return;
    case LOG_FIELD_INT:
        json_int(writer, field->number);
        return;
    }
}

static void drop(void)
{
    dropped++;
    metrics_count(METRIC_LOG_LINES_DROPPED);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    if ((int)level > atomic_load_explicit(&least_level, memory_order_relaxed))
        return;
    lines.bytes = buffer; /* the address of a thread's own memory is no constant */
    size_t start = lines.length;
    struct json_writer writer;
    json_writer_init(&writer, &lines);
    json_object_open(&writer);
    json_key(&writer, "at");
    json_instant(&writer, clock_real_us());
    json_key(&writer, "level");
    json_text(&writer, span_of(level_name(level)));
    json_key(&writer, "event");
    json_text(&writer, span_of(event));
    for (size_t i = 0; i < count; i++)
        write_field(&writer, &fields[i]);
    if (dropped > 0) {
        json_key(&writer, "dropped");
        json_int(&writer, dropped);
    }
    json_object_close(&writer);
    text_append_char(&lines, '\n');
    if (!lines.failed) {
        dropped = 0;
        return;
    }
    lines.length = start;
    lines.failed = false;
    drop();
}

/* What cannot be written now stays for the next turn, and what then finds no room is dropped: nobody waits for a
 * reader. */
void log_flush(void)
{
    bool is_broken;
    if (lines.length == 0)
        return;
    size_t written = log_sink_write(lines.bytes, lines.length, &is_broken);
    for (size_t i = written; is_broken && i < lines.length; i++)
        if (lines.bytes[i] == '\n')
            drop();
    size_t kept = is_broken ? 0 : lines.length - written;
    memmove(lines.bytes, lines.bytes + written, kept);
    lines.length = kept;
}
