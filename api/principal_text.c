/* Kinds, roles and regions of principals as the contract names them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/principal_text.h"

static const struct {
    enum staff_role role;
    const char *name;
} roles[] = {
    {ROLE_OPERATOR, "operator"}, {ROLE_REVIEWER, "reviewer"}, {ROLE_POLICY, "policy"},
    {ROLE_SECURITY, "security"}, {ROLE_AUDITOR, "auditor"},
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
    return SPAN("anonymous");
}

bool principal_kind_parse(struct span text, enum principal_kind *kind)
{
    static const enum principal_kind kinds[] = {PRINCIPAL_CITIZEN, PRINCIPAL_CLIENT, PRINCIPAL_STAFF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (span_equal(text, principal_kind_text(kinds[i]))) {
            *kind = kinds[i];
            return true;
        }
    }
    return false;
}

void principal_write_roles(struct json_writer *writer, const struct principal *principal)
{
    json_array_open(writer);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if ((principal->roles & roles[i].role) != 0) {
            json_text(writer, span_of(roles[i].name));
        }
    }
    json_array_close(writer);
}

void principal_write_regions(struct json_writer *writer, const struct principal *principal)
{
    json_array_open(writer);
    for (uint32_t i = 0; i < principal->regions_count; i++) {
        json_text(writer, span_of(principal->regions[i]));
    }
    json_array_close(writer);
}
