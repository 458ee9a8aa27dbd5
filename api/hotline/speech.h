/* Pieces of a sentence in the caller's language. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/text.h"

struct speech {
    struct text *out;
    enum language language;
};

/* Before each sentence: a blank in English, where something was said already. */
void speech_pause(const struct speech *speech);
void speech_say(const struct speech *speech, const char *zh, const char *en);
void speech_amount(const struct speech *speech, int64_t amount_fen);
/* Of things that are counted: 两 (个) in Chinese. */
void speech_count(const struct speech *speech, int64_t count);
void speech_month(const struct speech *speech, int32_t month);
void speech_year(const struct speech *speech, int32_t year);
