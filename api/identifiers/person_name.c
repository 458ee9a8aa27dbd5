/* Names of people as they are stored: what looks the same must be the same bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/person_name.h"

bool text_has_control_character(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        bool is_c1 = byte == 0xC2 && i + 1 < text.length && (unsigned char)text.bytes[i + 1] < 0xA0;
        if (byte < 0x20 || byte == 0x7F || is_c1) {
            return true;
        }
    }
    return false;
}

bool text_has_invisible_character(struct span text)
{
    static const char *const invisible[] = {
        "\xC2\xA0",     /* U+00A0 no-break space */
        "\xC2\xAD",     /* U+00AD soft hyphen */
        "\xEF\xBB\xBF", /* U+FEFF byte-order mark */
        "\xE2\x81\xA0", /* U+2060 word joiner */
    };
    for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++) {
        if (memmem(text.bytes, text.length, invisible[i], strlen(invisible[i])) != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i + 2 < text.length; i++) {
        const unsigned char *at = (const unsigned char *)text.bytes + i;
        bool is_blank_or_mark = at[2] <= 0x8F || (at[2] >= 0xA8 && at[2] <= 0xAF); /* U+2000 to 200F, 2028 to 202F */
        if (at[0] == 0xE2 && at[1] == 0x80 && is_blank_or_mark) {
            return true;
        }
    }
    return false;
}

static bool is_blank_at(struct span text, bool at_end)
{
    static const char wide[] = "\xE3\x80\x80"; /* U+3000 */
    size_t length = sizeof wide - 1;
    if (text.bytes[at_end ? text.length - 1 : 0] == ' ') {
        return true;
    }
    return text.length >= length && memcmp(text.bytes + (at_end ? text.length - length : 0), wide, length) == 0;
}

bool person_name_is_valid(struct span text)
{
    return text.length > 0 && text.length <= PERSON_NAME_BYTES_MAX && !text_has_control_character(text) &&
           !text_has_invisible_character(text) && !is_blank_at(text, false) && !is_blank_at(text, true);
}
