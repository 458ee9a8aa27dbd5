/* Dates, months, instants and ids: what is taken is written again as it was read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/uuid.h"
#include "tests/fuzz/fuzz.h"
#include <strings.h>

static void check_civil(int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    assert(date_from_civil(year, month, day) == days && month >= 1 && month <= 12 && day >= 1 && day <= 31);
}

void fuzz_dates(struct span input)
{
    int32_t days, month;
    int64_t instant_us, again_us;
    struct uuid id;
    char text[UUID_TEXT_LENGTH + 1];
    if (date_parse(input, &days)) {
        date_format(days, text);
        assert(span_equal(span_of(text), input));
        check_civil(days);
    }
    if (month_parse(input, &month)) {
        month_format(month, text);
        assert(span_equal(span_of(text), input));
    }
    if (instant_parse(input, &instant_us)) {
        instant_format(instant_us, text);
        assert(instant_parse(span_of(text), &again_us) && again_us == instant_us);
        check_civil(clock_date_of(instant_us));
    }
    if (uuid_parse(input, &id)) {
        uuid_format(id, text);
        assert(input.length == UUID_TEXT_LENGTH && strncasecmp(text, input.bytes, UUID_TEXT_LENGTH) == 0);
    }
}
