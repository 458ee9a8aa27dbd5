/* Personal data as replies show it: enough to recognise, too little to use (docs/rules.md 9). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mask.h"

#define CITIZEN_NUMBER_LENGTH 18
#define PHONE_LENGTH 11
#define OTHER_STARS 4

/* Keeps some characters at either end, with `stars` stars between them. */
static struct span keep_ends(struct span plain, size_t head, size_t stars, size_t tail, char out[MASK_BYTES])
{
    memcpy(out, plain.bytes, head);
    memset(out + head, '*', stars);
    memcpy(out + head + stars, plain.bytes + plain.length - tail, tail);
    return (struct span){.bytes = out, .length = head + stars + tail};
}

/* For what has no customary mask: the end of it, and only when twice as much stays hidden. */
static struct span keep_tail(struct span plain, size_t tail, char out[MASK_BYTES])
{
    if (plain.length == 0) {
        return plain;
    }
    return keep_ends(plain, 0, OTHER_STARS, plain.length >= 3 * tail ? tail : 0, out);
}

struct span mask_citizen_number(struct span plain, char out[MASK_BYTES])
{
    return plain.length == CITIZEN_NUMBER_LENGTH ? keep_ends(plain, 6, 8, 4, out) : keep_tail(plain, 2, out);
}

struct span mask_phone(struct span plain, char out[MASK_BYTES])
{
    return plain.length == PHONE_LENGTH ? keep_ends(plain, 3, 4, 4, out) : keep_tail(plain, 4, out);
}

struct span mask_bank_card(struct span plain, char out[MASK_BYTES])
{
    size_t tail = plain.length >= 12 ? 4 : 0;
    return plain.length == 0 ? plain : keep_ends(plain, 0, tail == 0 ? OTHER_STARS : 0, tail, out);
}

static size_t first_character_bytes(struct span text)
{
    size_t length = text.length == 0 ? 0 : 1;
    while (length > 0 && length < text.length && length < 4 && ((unsigned char)text.bytes[length] & 0xc0) == 0x80) {
        length++;
    }
    return length;
}

struct span mask_name(struct span plain, char out[MASK_BYTES])
{
    size_t first = first_character_bytes(plain);
    if (first == 0) {
        return plain;
    }
    /* A name of one character would be shown whole. */
    return keep_ends(plain, first == plain.length ? 0 : first, 1, 0, out);
}
