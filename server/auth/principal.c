/* Kinds, roles and regions of principals in text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/principal.h"

const struct staff_role_name staff_role_names[STAFF_ROLES] = {
    {ROLE_OPERATOR, SPAN("operator")}, {ROLE_REVIEWER, SPAN("reviewer")}, {ROLE_POLICY, SPAN("policy")},
    {ROLE_SECURITY, SPAN("security")}, {ROLE_AUDITOR, SPAN("auditor")},
};

const struct span client_kind_names[CLIENT_KINDS] = {
    [CLIENT_MINI_PROGRAM] = SPAN("mini_program"), [CLIENT_APP] = SPAN("app"),
    [CLIENT_WEBSITE] = SPAN("website"),           [CLIENT_SERVICE_PLATFORM] = SPAN("service_platform"),
    [CLIENT_TERMINAL] = SPAN("terminal"),         [CLIENT_HOTLINE] = SPAN("hotline"),
    [CLIENT_PROVIDER] = SPAN("provider"),         [CLIENT_PAYMENT_PLATFORM] = SPAN("payment_platform"),
};

struct span principal_kind_text(enum principal_kind kind)
{
    switch (kind) {
    case PRINCIPAL_ANONYMOUS:
        return SPAN("anonymous");
    case PRINCIPAL_CITIZEN:
        return SPAN("citizen");
    case PRINCIPAL_CLIENT:
        return SPAN("client");
    case PRINCIPAL_STAFF:
        return SPAN("staff");
    }
    __builtin_unreachable();
}

bool principal_kind_parse(struct span text, enum principal_kind *kind)
{
    static const enum principal_kind kinds[] = {PRINCIPAL_CITIZEN, PRINCIPAL_CLIENT, PRINCIPAL_STAFF};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (span_equal(text, principal_kind_text(kinds[i]))) {
            *kind = kinds[i];
            return true;
        }
    }
    return false;
}

bool client_kind_parse(struct span text, enum client_kind *kind)
{
    for (enum client_kind i = CLIENT_NONE + 1; i < CLIENT_KINDS; i++) {
        if (span_equal(text, client_kind_names[i])) {
            *kind = i;
            return true;
        }
    }
    return false;
}

/* Splits at commas. */
static bool next_word(struct span *rest, struct span *word)
{
    if (rest->length == 0)
        return false;
    const char *comma = memchr(rest->bytes, ',', rest->length);
    word->bytes = rest->bytes;
    word->length = comma == NULL ? rest->length : (size_t)(comma - rest->bytes);
    size_t used = comma == NULL ? rest->length : word->length + 1;
    rest->bytes += used;
    rest->length -= used;
    return true;
}

uint32_t principal_roles_parse(struct span text)
{
    uint32_t bits = 0;
    for (struct span word; next_word(&text, &word);)
        for (size_t i = 0; i < STAFF_ROLES; i++)
            bits |= span_equal(staff_role_names[i].name, word) ? staff_role_names[i].role : 0u;
    return bits;
}

bool principal_regions_parse(struct span text, struct principal *principal)
{
    for (struct span word; next_word(&text, &word);) {
        if (word.length != 6 || principal->regions_count == LIMIT_PRINCIPAL_REGIONS)
            return false;
        memcpy(principal->regions[principal->regions_count++], word.bytes, 6);
    }
    return true;
}
