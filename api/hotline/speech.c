/* Chooses the language once for each piece. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/speech.h"
#include "api/hotline/spoken_amount.h"
#include "api/hotline/spoken_date.h"
#include "api/hotline/spoken_number.h"

static bool is_english(const struct speech *speech)
{
    return speech->language == LANGUAGE_EN;
}

void speech_pause(const struct speech *speech)
{
    if (is_english(speech) && speech->out->length > 0) {
        text_append_char(speech->out, ' ');
    }
}

void speech_say(const struct speech *speech, const char *zh, const char *en)
{
    text_append_z(speech->out, is_english(speech) ? en : zh);
}

void speech_amount(const struct speech *speech, int64_t amount_fen)
{
    (is_english(speech) ? spoken_amount_en : spoken_amount_zh)(speech->out, amount_fen);
}

void speech_count(const struct speech *speech, int64_t count)
{
    (is_english(speech) ? spoken_number_en : spoken_quantity_zh)(speech->out, (uint64_t)count);
}

void speech_month(const struct speech *speech, int32_t month)
{
    (is_english(speech) ? spoken_month_en : spoken_month_zh)(speech->out, month);
}

void speech_year(const struct speech *speech, int32_t year)
{
    (is_english(speech) ? spoken_year_en : spoken_year_zh)(speech->out, year);
}
