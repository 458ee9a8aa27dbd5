/* Codes by text message: six random digits that only their challenge and the phone's owner know. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/code.h"
#include "api/api.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/jobs/worker_wake.h"
#include <openssl/rand.h>
#include <stdio.h>

#define CODES UINT32_C(1000000)
#define CODE_BYTES 7
#define TEXT_BYTES 256

static const struct {
    const char *name, *zh, *en;
} purposes[] = {
    [CODE_REGISTRATION] = {"registration", "注册", "to register"},
    [CODE_SIGN_IN] = {"sign_in", "登录", "to sign in"},
    [CODE_STEP_UP] = {"step_up", "设置密码", "to set a password or PIN"},
};

bool code_hash(struct request *request, struct uuid challenge_id, struct span code, struct span *items)
{
    char text[sizeof challenge_id.bytes + CODE_BYTES];
    if (code.length >= CODE_BYTES) { /* more bytes than characters: no digits */
        code.length = 0;
    }
    memcpy(text, challenge_id.bytes, sizeof challenge_id.bytes);
    memcpy(text + sizeof challenge_id.bytes, code.bytes, code.length);
    return sealed_hash_items(request, KEY_HASH_CODE,
                             (struct span){.bytes = text, .length = sizeof challenge_id.bytes + code.length}, items);
}

/* Every code is as likely as every other: what would favour some is drawn again. */
static bool draw(char code[CODE_BYTES])
{
    uint32_t number;
    do {
        if (RAND_bytes((uint8_t *)&number, sizeof number) != 1) {
            return false;
        }
    } while (number >= UINT32_MAX / CODES * CODES);
    snprintf(code, CODE_BYTES, "%06u", (unsigned)(number % CODES));
    return true;
}

static bool seal(struct request *request, enum code_purpose purpose, const char *code, struct uuid outbox_id,
                 struct code_request *asked, struct span *payload)
{
    char text[TEXT_BYTES];
    int length = request->language == LANGUAGE_EN
                     ? snprintf(text, sizeof text,
                                "Medical insurance: your code %s is %s. It is good for %d minutes. Tell it to nobody.",
                                purposes[purpose].en, code, LIMIT_CODE_LIFE_S / 60)
                     : snprintf(text, sizeof text, "【医保个人账户】验证码 %s，用于%s，%d 分钟内有效。请勿告诉任何人。",
                                code, purposes[purpose].zh, LIMIT_CODE_LIFE_S / 60);
    size_t written = 0;
    bool is_done =
        length > 0 && (size_t)length < sizeof text &&
        keyring_seal(api_keyring(), "outbox.payload", outbox_id, (struct span){.bytes = text, .length = (size_t)length},
                     asked->payload, sizeof asked->payload, &written);
    explicit_bzero(text, sizeof text);
    *payload = (struct span){.bytes = (const char *)asked->payload, .length = written};
    return is_done;
}

static bool make(struct request *request, enum code_purpose purpose, struct uuid outbox_id, struct code_request *asked,
                 struct span *payload)
{
    char code[CODE_BYTES];
    bool is_done = draw(code) && code_hash(request, asked->challenge_id, span_of(code), &asked->hash) &&
                   seal(request, purpose, code, outbox_id, asked, payload);
    explicit_bzero(code, sizeof code);
    return is_done;
}

static void bind_numbers(struct call *call, const struct who *who)
{
    if (who->has_citizen_number) {
        call_bytea(call, CHALLENGE_BEGIN_PARAM_CITIZEN_HASH, attempt_span(who->citizen_hash));
    }
    if (who->has_card_number) {
        call_bytea(call, CHALLENGE_BEGIN_PARAM_CARD_HASH, attempt_span(who->card_hash));
    }
    call_bytea(call, CHALLENGE_BEGIN_PARAM_SUBJECT, attempt_span(who->subject));
    call_bytea(call, CHALLENGE_BEGIN_PARAM_TARGET, attempt_span(who->target));
    call_bytea(call, CHALLENGE_BEGIN_PARAM_SOURCE, attempt_span(who->source));
}

enum problem code_bind(struct request *request, struct call *call, enum code_purpose purpose,
                       struct code_request *asked)
{
    struct uuid outbox_id = uuid_make(uuid_random_key());
    struct span payload;
    int64_t now_us = clock_real_us();
    if (!api_can_send_sms()) {
        return PROBLEM_SMS_UNAVAILABLE;
    }
    asked->challenge_id = uuid_make(uuid_random_key());
    asked->expires_at_us = now_us + INT64_C(1000000) * LIMIT_CODE_LIFE_S;
    if (!make(request, purpose, outbox_id, asked, &payload)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = asked;
    call_init(call, STATEMENT_CHALLENGE_BEGIN);
    bind_numbers(call, &asked->who);
    call_uuid(call, CHALLENGE_BEGIN_PARAM_CHALLENGE_ID, asked->challenge_id);
    call_text(call, CHALLENGE_BEGIN_PARAM_PURPOSE, span_of(purposes[purpose].name));
    call_bytea(call, CHALLENGE_BEGIN_PARAM_CODE_HASH, asked->hash);
    call_int(call, CHALLENGE_BEGIN_PARAM_TRIES_LEFT, LIMIT_CODE_TRIES);
    call_instant(call, CHALLENGE_BEGIN_PARAM_EXPIRES_AT, asked->expires_at_us);
    call_instant(call, CHALLENGE_BEGIN_PARAM_INSTANT, now_us);
    call_uuid(call, CHALLENGE_BEGIN_PARAM_ATTEMPT_ID, uuid_make(uuid_random_key()));
    call_uuid(call, CHALLENGE_BEGIN_PARAM_OUTBOX_ID, outbox_id);
    call_bytea(call, CHALLENGE_BEGIN_PARAM_PAYLOAD, payload);
    return PROBLEM_NONE;
}

enum problem code_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct code_request *asked = request->state;
    struct span status = row_text(rows, 0, CHALLENGE_BEGIN_COLUMN_STATUS);
    if (span_equal(status, SPAN("closed"))) {
        return attempt_closed(request, reply, row_int(rows, 0, CHALLENGE_BEGIN_COLUMN_RETRY_AFTER_S));
    }
    if (span_equal(status, SPAN("no_phone"))) {
        return PROBLEM_CONFLICT;
    }
    worker_wake(); /* in any case: it finds a message or none */
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "challenge_id");
    json_uuid(&writer, asked->challenge_id);
    json_key(&writer, "expires_at");
    json_instant(&writer, asked->expires_at_us);
    json_object_close(&writer);
    reply->status = 202;
    return PROBLEM_NONE;
}
