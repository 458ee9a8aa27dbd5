/* Decodes percent-encoding and checks UTF-8. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/percent.h"
#include <stdint.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool percent_decode(struct span encoded, enum percent_rules rules, char *out, size_t *written_bytes)
{
    size_t written = 0;
    for (size_t i = 0; i < encoded.length; i++) {
        char c = encoded.bytes[i];
        if (c == '+' && rules == PERCENT_QUERY)
            c = ' ';
        if (encoded.bytes[i] == '%') {
            int high = i + 2 < encoded.length ? digit_of(encoded.bytes[i + 1]) : -1;
            int low = high < 0 ? -1 : digit_of(encoded.bytes[i + 2]);
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            if (c == '/' && rules == PERCENT_PATH)
                return false;
            i += 2;
        }
        if (c == '\0')
            return false;
        out[written++] = c;
    }
    *written_bytes = written;
    return true;
}

/* Length of the character at the start of the text; 0 when it is not well-formed. */
static size_t take_character(const uint8_t *bytes, size_t length, uint32_t *code)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t smallest;
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    for (size_t form = 0; form < 4; form++) {
        if ((bytes[0] & forms[form].mask) != forms[form].lead)
            continue;
        if (length < form + 1)
            return 0;
        *code = bytes[0] & (uint8_t)~forms[form].mask;
        for (size_t i = 1; i <= form; i++) {
            if ((bytes[i] & 0xC0) != 0x80)
                return 0;
            *code = *code << 6 | (bytes[i] & 0x3F);
        }
        bool is_surrogate = *code >= 0xD800 && *code <= 0xDFFF;
        return *code < forms[form].smallest || is_surrogate || *code > 0x10FFFF ? 0 : form + 1;
    }
    return 0;
}

bool text_is_plain(struct span text, size_t *characters)
{
    *characters = 0;
    for (size_t i = 0; i < text.length; (*characters)++) {
        uint32_t code;
        size_t length = take_character((const uint8_t *)text.bytes + i, text.length - i, &code);
        bool is_control = length > 0 && (code < 0x20 || (code >= 0x7F && code < 0xA0));
        if (length == 0 || is_control)
            return false;
        i += length;
    }
    return true;
}
