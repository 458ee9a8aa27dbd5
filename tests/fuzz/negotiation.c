/* Accept, Accept-Language and Content-Type, a line each: only what is offered is chosen, and only what is named. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/negotiate.h"
#include "server/text.h"
#include "tests/fuzz/fuzz.h"
#include <strings.h>

#define ALL_MEDIA 63u

static void check_accept(struct span accept, uint32_t offered)
{
    enum media chosen = 0, alone = 0;
    bool is_acceptable = negotiate_media(accept, offered, &chosen);
    bool is_single = is_acceptable && ((unsigned)chosen & offered) != 0 && ((unsigned)chosen & (chosen - 1u)) == 0;
    assert(!is_acceptable || is_single);
    /* The chosen one alone would have been chosen as well, and of those refused, none. */
    assert(!is_acceptable || (negotiate_media(accept, chosen, &alone) && alone == chosen));
    for (uint32_t bit = 1; !is_acceptable && bit < ALL_MEDIA; bit <<= 1)
        assert((offered & bit) == 0 || !negotiate_media(accept, bit, &alone));
}

/* A list that names no English is not answered in English. */
static void check_language(struct span accept)
{
    bool names_it = false;
    for (size_t i = 0; i + 1 < accept.length; i++)
        names_it = names_it || strncasecmp(accept.bytes + i, "en", 2) == 0;
    for (size_t i = 0; i < accept.length; i++)
        names_it = names_it || accept.bytes[i] == '*';
    assert(names_it || negotiate_language(accept) == LANGUAGE_ZH);
}

static void check_type(struct span type, uint32_t offered)
{
    enum media media = 0;
    size_t blanks = 0;
    while (blanks < type.length && (type.bytes[blanks] == ' ' || type.bytes[blanks] == '\t'))
        blanks++;
    if (negotiate_body_is_json(type))
        assert(type.length - blanks >= 16 && strncasecmp(type.bytes + blanks, "application/json", 16) == 0);
    if (negotiate_body(type, offered, &media))
        assert(((unsigned)media & offered) != 0);
}

void fuzz_negotiation(struct span input)
{
    uint32_t offered = fuzz_take_byte(&input) & ALL_MEDIA;
    check_accept(fuzz_take_part(&input, '\n'), offered);
    check_language(fuzz_take_part(&input, '\n'));
    check_type(input, offered);
}
