/* Reads Accept, Accept-Language and Content-Type (RFC 9110 §8.3, §12). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/negotiate.h"
#include <strings.h>

#define Q_ONE 1000
#define Q_MALFORMED (-1)

/* One element of a list: its name in front of the parameters, and q in thousandths. */
struct range {
    struct span name;
    struct span parameters;
    int q;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span text)
{
    while (text.length > 0 && is_blank(text.bytes[0])) {
        text.bytes++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.bytes[text.length - 1]))
        text.length--;
    return text;
}

static bool equals(struct span text, const char *z)
{
    return text.length == strlen(z) && strncasecmp(text.bytes, z, text.length) == 0;
}

/* Takes what stands before the next separator outside quotation marks; false when nothing is left. */
static bool take_part(struct span *rest, char separator, struct span *part)
{
    if (rest->length == 0)
        return false;
    bool is_quoted = false;
    size_t end = 0;
    for (; end < rest->length; end++) {
        char c = rest->bytes[end];
        if (is_quoted && c == '\\' && end + 1 < rest->length)
            end++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (c == separator && !is_quoted)
            break;
    }
    *part = trim((struct span){.bytes = rest->bytes, .length = end});
    size_t used = end < rest->length ? end + 1 : end;
    rest->bytes += used;
    rest->length -= used;
    return true;
}

/* 0 or 1 with up to three digits of fraction. */
static int parse_q(struct span text)
{
    if (text.length == 0 || text.length > 5 || (text.bytes[0] != '0' && text.bytes[0] != '1'))
        return Q_MALFORMED;
    int q = (text.bytes[0] - '0') * Q_ONE;
    if (text.length > 1 && text.bytes[1] != '.')
        return Q_MALFORMED;
    int unit = Q_ONE / 10;
    for (size_t i = 2; i < text.length; i++, unit /= 10) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return Q_MALFORMED;
        q += (text.bytes[i] - '0') * unit;
    }
    return q > Q_ONE ? Q_MALFORMED : q;
}

/* Takes one `name=value` off a list of parameters. */
static bool take_parameter(struct span *rest, struct span *name, struct span *value)
{
    struct span part;
    if (!take_part(rest, ';', &part))
        return false;
    const char *equal = part.length == 0 ? NULL : memchr(part.bytes, '=', part.length);
    size_t name_length = equal == NULL ? part.length : (size_t)(equal - part.bytes);
    *name = trim((struct span){.bytes = part.bytes, .length = name_length});
    *value = (struct span){0};
    if (equal != NULL)
        *value = trim((struct span){.bytes = equal + 1, .length = part.length - name_length - 1});
    return true;
}

static bool take_range(struct span *rest, struct range *range)
{
    struct span part;
    do {
        if (!take_part(rest, ',', &part))
            return false;
    } while (part.length == 0 || !take_part(&part, ';', &range->name) || range->name.length == 0);
    range->parameters = part;
    range->q = Q_ONE;
    struct span name, value;
    while (take_parameter(&part, &name, &value))
        if (equals(name, "q"))
            range->q = parse_q(value);
    return true;
}

static const struct {
    enum media media;
    const char *name, *family;
} forms[] = {
    {MEDIA_JSON, "application/json", "application/*"},
    {MEDIA_CSV, "text/csv", "text/*"},
    {MEDIA_TEXT, "text/plain", "text/*"},
    {MEDIA_PDF, "application/pdf", "application/*"},
    {MEDIA_JPEG, "image/jpeg", "image/*"},
    {MEDIA_PNG, "image/png", "image/*"},
};

/* The more exactly a range names the form, the more its q counts. */
static int media_q(struct span accept, const char *name, const char *family)
{
    int q = 0;
    int exactness = 0;
    struct range range;
    while (take_range(&accept, &range)) {
        int here = equals(range.name, name) ? 3 : equals(range.name, family) ? 2 : equals(range.name, "*/*") ? 1 : 0;
        if (range.q == Q_MALFORMED || here == 0 || here < exactness)
            continue;
        q = here == exactness && q > range.q ? q : range.q;
        exactness = here;
    }
    return q;
}

bool negotiate_media(struct span accept, uint32_t offered, enum media *media)
{
    bool is_any = trim(accept).length == 0;
    int best = 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((offered & forms[i].media) == 0)
            continue;
        int q = is_any ? Q_ONE : media_q(accept, forms[i].name, forms[i].family);
        if (q <= best)
            continue;
        best = q;
        *media = forms[i].media;
    }
    return best > 0;
}

struct preference {
    int q;
    bool is_named;
    unsigned position;
};

static void consider(struct preference *preference, const struct range *range, const char *tag, unsigned position)
{
    size_t length = strlen(tag);
    struct span name = range->name;
    bool is_named = name.length >= length && strncasecmp(name.bytes, tag, length) == 0 &&
                    (name.length == length || name.bytes[length] == '-');
    if (!is_named && (preference->is_named || !equals(name, "*")))
        return;
    if (is_named == preference->is_named && range->q <= preference->q)
        return;
    *preference = (struct preference){.q = range->q, .is_named = is_named, .position = position};
}

enum language negotiate_language(struct span accept_language)
{
    struct preference chinese = {0};
    struct preference english = {0};
    struct range range;
    for (unsigned position = 1; take_range(&accept_language, &range); position++) {
        if (range.q == Q_MALFORMED)
            continue;
        consider(&chinese, &range, "zh", position);
        consider(&english, &range, "en", position);
    }
    if (english.q != chinese.q)
        return english.q > chinese.q ? LANGUAGE_EN : LANGUAGE_ZH;
    return english.q > 0 && english.position < chinese.position ? LANGUAGE_EN : LANGUAGE_ZH;
}

static struct span unquoted(struct span text)
{
    if (text.length >= 2 && text.bytes[0] == '"' && text.bytes[text.length - 1] == '"')
        return (struct span){.bytes = text.bytes + 1, .length = text.length - 2};
    return text;
}

bool negotiate_body_is_json(struct span content_type)
{
    struct span type;
    if (!take_part(&content_type, ';', &type) || !equals(type, "application/json"))
        return false;
    struct span name, value;
    while (take_parameter(&content_type, &name, &value))
        if (equals(name, "charset") && !equals(unquoted(value), "utf-8"))
            return false;
    return true;
}

bool negotiate_body(struct span content_type, uint32_t offered, enum media *media)
{
    struct span type;
    if (!take_part(&content_type, ';', &type))
        return false;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((offered & forms[i].media) == 0 || !equals(type, forms[i].name))
            continue;
        *media = forms[i].media;
        return true;
    }
    return false;
}
