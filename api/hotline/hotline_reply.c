/* Writes both forms of an answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/hotline_reply.h"

#define SPEECH_BYTES 4096 /* three records and the longest amounts stay below 2000 */

static void write_object(const struct request *request, struct reply *reply, struct span text, const void *facts,
                         void (*write)(struct json_writer *writer, const void *facts))
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "language");
    json_text(&writer, request->language == LANGUAGE_EN ? SPAN("en") : SPAN("zh"));
    json_key(&writer, "text");
    json_text(&writer, text);
    write(&writer, facts);
    json_object_close(&writer);
}

enum problem hotline_reply(const struct request *request, struct reply *reply, const void *facts,
                           void (*say)(const struct speech *speech, const void *facts),
                           void (*write)(struct json_writer *writer, const void *facts))
{
    struct text text;
    text_init(&text, SPEECH_BYTES);
    const struct speech speech = {.out = &text, .language = request->language};
    say(&speech, facts);
    bool is_said = !text.failed;
    if (is_said && request->media == MEDIA_TEXT) {
        text_append_span(&reply->body, text_span(&text));
    } else if (is_said) {
        write_object(request, reply, text_span(&text), facts, write);
    }
    text_fini(&text);
    reply_header(reply, "Content-Language", request->language == LANGUAGE_EN ? "en" : "zh");
    reply_header(reply, "Vary", "Accept, Accept-Language");
    return is_said ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}
