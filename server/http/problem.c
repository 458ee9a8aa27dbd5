/* Collects faults and writes problem+json. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/problem.h"
#include <assert.h>
#include <stdio.h>

static const struct {
    const char *code, *zh, *en;
} fault_texts[] = {
    {"required", "此项必填。", "This is required."},
    {"malformed", "格式不正确。", "This does not have the right form."},
    {"too_short", "内容过短。", "This is too short."},
    {"too_long", "内容过长。", "This is too long."},
    {"too_small", "数值过小。", "This is too small."},
    {"too_large", "数值过大。", "This is too large."},
    {"not_allowed", "不允许使用此值。", "This is not allowed here."},
    {"unknown", "没有此项。", "There is no such thing."},
    {"duplicate", "重复出现，只能出现一次。", "This may stand only once."},
    {"truncated", "文件不完整，结尾缺失。", "The file is not complete: its end is missing."},
    {"damaged", "文件已损坏，无法识别其结构。", "The file is damaged: its structure cannot be followed."},
    {"trailing_bytes", "文件结尾之后还有其他内容。", "Something else follows the end of the file."},
    {"polyglot", "文件中混有其他格式的内容。", "The file is something else besides what it is said to be."},
    {"too_many_pixels", "图片的像素过多。", "The picture has too many pixels."},
};

static const char *fault_text(const char *code, enum language language)
{
    for (size_t i = 0; i < sizeof fault_texts / sizeof fault_texts[0]; i++)
        if (strcmp(fault_texts[i].code, code) == 0)
            return language == LANGUAGE_EN ? fault_texts[i].en : fault_texts[i].zh;
    assert(false && "a fault code that openapi.yaml does not know");
    return code;
}

static const char *place_text(enum arg_place place)
{
    switch (place) {
    case ARG_PATH:
        return "path";
    case ARG_QUERY:
        return "query";
    case ARG_HEADER:
        return "header";
    case ARG_BODY:
        return "body";
    }
    __builtin_unreachable();
}

/* Cuts what does not fit, but never through a character. */
static void put_text(char *out, size_t out_bytes, const char *text)
{
    size_t length = strlen(text);
    if (length >= out_bytes) {
        length = out_bytes - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

void request_fault(struct request *request, enum arg_place place, const char *name, const char *code,
                   const char *detail)
{
    if (request->faults_count == LIMIT_FIELD_ERRORS)
        return;
    if (request->faults == NULL) {
        request->faults = arena_alloc(request->arena, LIMIT_FIELD_ERRORS * sizeof *request->faults);
        request->faults_count = request->faults == NULL; /* counts without memory too: nothing faulty goes on */
    }
    if (request->faults == NULL)
        return;
    struct fault *fault = &request->faults[request->faults_count++];
    int length = snprintf(fault->pointer, sizeof fault->pointer, "/%s", place_text(place));
    if (name != NULL) {
        fault->pointer[length++] = '/';
        put_text(fault->pointer + length, sizeof fault->pointer - (size_t)length, name);
    }
    fault->code = code;
    put_text(fault->detail, sizeof fault->detail, detail == NULL ? fault_text(code, request->language) : detail);
}

static void write_faults(const struct request *request, struct json_writer *writer)
{
    json_key(writer, "errors");
    json_array_open(writer);
    for (uint32_t i = 0; i < request->faults_count; i++) {
        const struct fault *fault = &request->faults[i];
        json_object_open(writer);
        json_key(writer, "pointer");
        json_text(writer, span_of(fault->pointer));
        json_key(writer, "code");
        json_text(writer, span_of(fault->code));
        json_key(writer, "detail");
        json_text(writer, span_of(fault->detail));
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void write_member(struct json_writer *writer, const char *key, const char *value)
{
    json_key(writer, key);
    json_text(writer, span_of(value));
}

static void write_possible(const struct request *request, struct json_writer *writer)
{
    json_key(writer, "state");
    json_text(writer, request->refused_state);
    json_key(writer, "possible");
    json_raw(writer, request->possible);
}

static const char *header_of(const struct reply *reply, const char *name)
{
    for (unsigned i = 0; i < reply->headers_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

/* What belongs to the problem itself stays; whatever else the handler had said belongs to the reply that is none. */
static void keep_headers(struct reply *reply, bool is_worth_repeating)
{
    const char *wait_s = is_worth_repeating ? header_of(reply, "Retry-After") : NULL;
    const char *replayed = header_of(reply, "Idempotent-Replayed");
    reply->headers_count = 0;
    if (wait_s != NULL)
        reply_header(reply, "Retry-After", wait_s);
    if (replayed != NULL)
        reply_header(reply, "Idempotent-Replayed", replayed);
}

void problem_render(const struct request *request, enum problem problem, struct reply *reply)
{
    const struct problem_info *info = &problem_infos[problem];
    bool is_english = request->language == LANGUAGE_EN;
    char type[80];
    snprintf(type, sizeof type, "urn:yibaod:problem:%s", info->code);

    reply->status = info->status;
    keep_headers(reply, info->status == 429 || info->status == 503 || problem == PROBLEM_REQUEST_IN_PROGRESS);
    reply_header(reply, "Content-Type", "application/problem+json");
    text_clear(&reply->body);
    reply->content = (struct span){0};

    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    write_member(&writer, "type", type);
    write_member(&writer, "title", is_english ? info->title_en : info->title_zh);
    json_key(&writer, "status");
    json_int(&writer, info->status);
    write_member(&writer, "detail", is_english ? info->detail_en : info->detail_zh);
    write_member(&writer, "code", info->code);
    write_member(&writer, "request_id", request->request_id);
    if (problem == PROBLEM_VALIDATION_FAILED && request->faults != NULL)
        write_faults(request, &writer);
    if (problem == PROBLEM_NOT_POSSIBLE_NOW && request->possible.length > 0)
        write_possible(request, &writer);
    json_object_close(&writer);
    if (!reply->body.failed)
        return;
    /* No memory: better no word than half a sentence. And a 503 or 409 without its code could mean several things. */
    text_clear(&reply->body);
    reply->headers_count = 0;
    reply->status = 500;
}
