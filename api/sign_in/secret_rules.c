/* What a password or PIN must not be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/secret_rules.h"
#include "server/http/percent.h"
#include <strings.h>

#define PASSWORD_CHARACTERS_MIN 10
#define PASSWORD_CHARACTERS_MAX 128
#define PASSWORD_BYTES_MAX (4 * PASSWORD_CHARACTERS_MAX)
#define PIN_DIGITS 6
#define PERIOD_MAX 5
#define NUMBER_PART 6    /* so many characters of a number in a row are a part of it: a birthday, the end of a phone */
#define NAME_BYTES_MIN 6 /* two Chinese characters; one alone is in too many words */

/* Long enough for the rule of length, and tried first by whoever guesses. In small letters. */
static const char *const common[] = {
    "password", "qwertyuiop",    "1q2w3e4r5t", "asdfghjkl", "zxcvbnm",  "iloveyou",  "woaini",   "5201314",
    "letmein",  "administrator", "changeme",   "welcome",   "sunshine", "dragon",    "yibao",    "shebao",
    "abcdefg",  "a123456",       "123456",     "654321",    "112233",   "3edc4rfv",  "qwerty",   "asdfgh",
    "zxcvbn",   "1q2w3e",        "q1w2e3",     "1qaz2wsx",  "qazwsx",   "1234qwer",  "qwer1234", "abc123",
    "abcd1234", "a1b2c3",        "123abc",     "123qwe",    "passw0rd", "woaiwojia",
};

/* What people choose who may choose six digits: sounds (我爱你一生一世), figures on the keys, constants. */
static const char *const common_pins[] = {
    "520131", "201314", "131452", "521131", "521314", "520530",
    "159357", "357159", "142857", "314159", "112358", "102030",
};

static void refuse(struct request *request, const char *field, const char *zh, const char *en)
{
    request_fault(request, ARG_BODY, field, "not_allowed", request->language == LANGUAGE_EN ? en : zh);
}

static bool contains(struct span text, struct span part)
{
    return part.length > 0 && part.length <= text.length &&
           memmem(text.bytes, text.length, part.bytes, part.length) != NULL;
}

static bool holds_part_of(struct span text, struct span number)
{
    for (size_t i = 0; i + NUMBER_PART <= number.length; i++) {
        if (contains(text, (struct span){.bytes = number.bytes + i, .length = NUMBER_PART})) {
            return true;
        }
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* From one character to the next; after 9 comes 0. */
static int step_of(struct span text, size_t i)
{
    int step = text.bytes[i] - text.bytes[i - 1];
    bool is_around = is_digit(text.bytes[i]) && is_digit(text.bytes[i - 1]) && (step > 5 || step < -5);
    return is_around ? step - (step > 0 ? 10 : -10) : step;
}

/* Every step is the same and small: 1111…, 1234567890, fedc…, 1357…; 147258 with steps of up to three. */
static bool is_row(struct span text, int step_max)
{
    int step = text.length < 2 ? 0 : step_of(text, 1);
    for (size_t i = 1; i < text.length; i++) {
        if (step_of(text, i) != step) {
            return false;
        }
    }
    return step >= -step_max && step <= step_max;
}

/* 112233, 111222, aaaabbbb: a row of which each character stands more than once. */
static bool is_stretched_row(struct span text)
{
    char room[PASSWORD_BYTES_MAX];
    size_t length = 0;
    bool is_stretched = true;
    for (size_t i = 0; i < text.length && length < sizeof room; i++) {
        bool is_new = i == 0 || text.bytes[i] != text.bytes[i - 1];
        bool is_single = is_new && (i + 1 == text.length || text.bytes[i + 1] != text.bytes[i]);
        is_stretched = is_stretched && !is_single;
        if (is_new) {
            room[length++] = text.bytes[i];
        }
    }
    is_stretched = is_stretched && is_row((struct span){.bytes = room, .length = length}, 2);
    explicit_bzero(room, sizeof room);
    return is_stretched;
}

/* ababab, abcabc, 1234512345. */
static bool is_repeated_after(struct span text, size_t period)
{
    for (size_t i = period; i < text.length; i++) {
        if (text.bytes[i] != text.bytes[i - period]) {
            return false;
        }
    }
    return text.length >= 2 * period;
}

static bool is_repeated(struct span text)
{
    for (size_t period = 1; period <= PERIOD_MAX; period++) {
        if (is_repeated_after(text, period)) {
            return true;
        }
    }
    return false;
}

/* One of the common ones, with fewer characters of its own around it than a password needs. */
static bool is_common(struct span password)
{
    char small[PASSWORD_BYTES_MAX];
    size_t length = password.length < sizeof small ? password.length : sizeof small;
    bool is_found = false;
    for (size_t i = 0; i < length; i++) {
        char c = password.bytes[i];
        small[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    for (size_t i = 0; i < sizeof common / sizeof *common && !is_found; i++) {
        struct span word = span_of(common[i]);
        is_found = length < word.length + 6 && contains((struct span){.bytes = small, .length = length}, word);
    }
    explicit_bzero(small, sizeof small);
    return is_found;
}

static void check_length(struct request *request, const char *field, struct span password)
{
    size_t characters = 0;
    text_is_plain(password, &characters); /* the contract has seen that it is */
    bool is_english = request->language == LANGUAGE_EN;
    if (characters < PASSWORD_CHARACTERS_MIN) {
        request_fault(request, ARG_BODY, field, "too_short",
                      is_english ? "At least 10 characters are needed." : "至少 10 个字符。");
    }
    if (characters > PASSWORD_CHARACTERS_MAX) {
        request_fault(request, ARG_BODY, field, "too_long",
                      is_english ? "At most 128 characters are taken." : "最多 128 个字符。");
    }
}

void secret_rules_check_password(struct request *request, const char *field, struct span password,
                                 const struct secret_owner *owner)
{
    check_length(request, field, password);
    if (is_row(password, 2) || is_stretched_row(password) || is_repeated(password) || is_common(password)) {
        refuse(request, field, "过于常见，容易被猜到。", "It is among the first that anybody would try.");
    }
    if (holds_part_of(password, owner->citizen_number)) {
        refuse(request, field, "不能包含公民身份号码的一部分。", "It must not hold a part of the citizen number.");
    }
    if (holds_part_of(password, owner->phone)) {
        refuse(request, field, "不能包含手机号码的一部分。", "It must not hold a part of the phone number.");
    }
    if (owner->name.length >= NAME_BYTES_MIN && contains(password, owner->name)) {
        refuse(request, field, "不能包含姓名。", "It must not hold the name.");
    }
}

static bool is_six_digits(struct span pin)
{
    for (size_t i = 0; i < pin.length; i++) {
        if (!is_digit(pin.bytes[i])) {
            return false;
        }
    }
    return pin.length == PIN_DIGITS;
}

/* Both halves are rows (123321, 147258, 789456), or it is one of the common ones. */
static bool is_easy_pin(struct span pin)
{
    struct span first = {.bytes = pin.bytes, .length = PIN_DIGITS / 2};
    struct span second = {.bytes = pin.bytes + PIN_DIGITS / 2, .length = PIN_DIGITS / 2};
    for (size_t i = 0; i < sizeof common_pins / sizeof *common_pins; i++) {
        if (span_equal(pin, span_of(common_pins[i]))) {
            return true;
        }
    }
    return is_row(first, 3) && is_row(second, 3);
}

void secret_rules_check_pin(struct request *request, const char *field, struct span pin,
                            const struct secret_owner *owner)
{
    if (!is_six_digits(pin)) {
        request_fault(request, ARG_BODY, field, "malformed",
                      request->language == LANGUAGE_EN ? "This must be six digits." : "须为六位数字。");
        return;
    }
    if (is_row(pin, 2) || is_stretched_row(pin) || is_repeated(pin) || is_easy_pin(pin)) {
        refuse(request, field, "过于简单，容易被猜到。", "It is too easy to guess.");
    }
    if (holds_part_of(owner->citizen_number, pin)) {
        refuse(request, field, "不能是公民身份号码的一部分。", "It must not be a part of the citizen number.");
    }
    if (holds_part_of(owner->phone, pin)) {
        refuse(request, field, "不能是手机号码的一部分。", "It must not be a part of the phone number.");
    }
}
