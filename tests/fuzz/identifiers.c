/* Numbers of people, employers and cards, names and phones; what has a check digit notices one wrong digit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/bank_card.h"
#include "api/identifiers/card_number.h"
#include "api/identifiers/certificate_number.h"
#include "api/identifiers/citizen_number.h"
#include "api/identifiers/credit_code.h"
#include "api/identifiers/person_name.h"
#include "api/identifiers/phone.h"
#include "api/mask.h"
#include "server/utf8.h"
#include "tests/fuzz/fuzz.h"

/* Another digit for the `at`-th. */
static struct span mistype(struct span text, size_t at, char *out)
{
    memcpy(out, text.bytes, text.length);
    out[at] = (char)(out[at] == '9' ? '0' : out[at] + 1);
    return (struct span){.bytes = out, .length = text.length};
}

static void check_citizen_number(struct span text)
{
    struct citizen_number number, again;
    char wrong[CITIZEN_NUMBER_LENGTH];
    if (citizen_number_parse(text, &number) != CITIZEN_NUMBER_VALID)
        return;
    struct span normal = span_of(number.text);
    assert(normal.length == CITIZEN_NUMBER_LENGTH && citizen_number_parse(normal, &again) == CITIZEN_NUMBER_VALID);
    assert(strcmp(again.text, number.text) == 0 && again.birth_date == number.birth_date);
    for (size_t i = 0; i < CITIZEN_NUMBER_LENGTH - 1; i++)
        assert(citizen_number_parse(mistype(normal, i, wrong), &again) != CITIZEN_NUMBER_VALID);
}

static void check_credit_code(struct span text)
{
    char capitals[CREDIT_CODE_LENGTH], wrong[CREDIT_CODE_LENGTH];
    if (credit_code_check(text) == CREDIT_CODE_VALID) {
        assert(credit_code_normalise(text, capitals) && memcmp(capitals, text.bytes, CREDIT_CODE_LENGTH) == 0);
        for (size_t i = 0; i < CREDIT_CODE_LENGTH; i++)
            if (text.bytes[i] >= '0' && text.bytes[i] <= '9')
                assert(credit_code_check(mistype(text, i, wrong)) != CREDIT_CODE_VALID);
    }
}

static void check_bank_card(struct span text)
{
    char wrong[32];
    if (!bank_card_is_valid(text))
        return;
    for (size_t i = 0; i < text.length; i++)
        assert(!bank_card_is_valid(mistype(text, i, wrong)));
}

static void check_others(struct span text)
{
    char card[CARD_NUMBER_MAX], certificate[CERTIFICATE_NUMBER_MAX], hashed[CERTIFICATE_HASHED_MAX];
    struct span number, again;
    if (card_number_normalise(text, card, &number)) {
        char twice[CARD_NUMBER_MAX];
        assert(number.length <= sizeof card && card_number_normalise(number, twice, &again));
        assert(span_equal(number, again));
    }
    if (certificate_number_normalise(text, certificate, &number)) {
        char twice[CERTIFICATE_NUMBER_MAX];
        assert(number.length <= sizeof certificate && certificate_number_normalise(number, twice, &again));
        assert(span_equal(number, again));
        assert(certificate_number_hashed(SPAN("passport"), number, hashed).length <= sizeof hashed);
    }
    if (phone_is_valid(text))
        for (size_t i = 0; i < text.length; i++)
            assert((text.bytes[i] >= '0' && text.bytes[i] <= '9') || strchr("+-", text.bytes[i]) != NULL);
}

/* Nothing of what is hidden is shown; a name keeps its first character. */
static void check_masks(struct span text)
{
    char out[MASK_BYTES];
    assert(mask_citizen_number(text, out).length <= sizeof out);
    assert(mask_phone(text, out).length <= sizeof out);
    assert(mask_bank_card(text, out).length <= sizeof out);
    if (utf8_count(text).bad > 0) /* arguments and cells are looked at before */
        return;
    struct span shown = mask_name(text, out);
    assert(utf8_count(shown).bad == 0);
    if (person_name_is_valid(text)) {
        assert(text.length <= PERSON_NAME_BYTES_MAX && !text_has_control_character(text));
        assert(shown.length <= sizeof out && (shown.bytes[0] == text.bytes[0] || span_equal(shown, SPAN("*"))));
    }
}

void fuzz_identifiers(struct span input)
{
    check_citizen_number(input);
    check_credit_code(input);
    check_bank_card(input);
    check_others(input);
    check_masks(input);
}
