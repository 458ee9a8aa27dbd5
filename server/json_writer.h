/* Writes JSON straight into a text buffer: no tree is built for a reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include "server/text.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stdint.h>

/* Commas and nesting are kept by the writer. A key is a C literal that needs no escaping. */
struct json_writer {
    struct text *out;
    uint32_t depth;
    bool needs_comma;
};

void json_writer_init(struct json_writer *writer, struct text *out);
void json_object_open(struct json_writer *writer);
void json_object_close(struct json_writer *writer);
void json_array_open(struct json_writer *writer);
void json_array_close(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);

void json_null_value(struct json_writer *writer); /* json_null is a function of Jansson, which would then call ours */
void json_bool(struct json_writer *writer, bool value);
void json_int(struct json_writer *writer, int64_t value);
void json_text(struct json_writer *writer, struct span value); /* escaped; value must be UTF-8 */
/* The same of a text that was put together before; one that is not whole makes `out` fail too. */
void json_whole_text(struct json_writer *writer, const struct text *value);
void json_raw(struct json_writer *writer, struct span value); /* JSON already, such as a jsonb column's text */
void json_uuid(struct json_writer *writer, struct uuid value);
void json_instant(struct json_writer *writer, int64_t instant_us); /* RFC 3339, +08:00, microseconds */
void json_date(struct json_writer *writer, int32_t days);          /* YYYY-MM-DD; days since 1970-01-01 */
