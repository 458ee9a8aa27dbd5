/* Who is asking: what a valid token stands for. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/limits.h"
#include "server/span.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stdint.h>

enum principal_kind { PRINCIPAL_ANONYMOUS, PRINCIPAL_CITIZEN, PRINCIPAL_CLIENT, PRINCIPAL_STAFF };

/* Bits of principal.roles; only staff have any. */
enum staff_role {
    ROLE_OPERATOR = 1 << 0,
    ROLE_REVIEWER = 1 << 1,
    ROLE_POLICY = 1 << 2,
    ROLE_SECURITY = 1 << 3,
    ROLE_AUDITOR = 1 << 4,
};

/* Only a client has one. The runtime asks no more of it than whether an operation takes it. */
enum client_kind {
    CLIENT_NONE,
    CLIENT_MINI_PROGRAM,
    CLIENT_APP,
    CLIENT_WEBSITE,
    CLIENT_SERVICE_PLATFORM,
    CLIENT_TERMINAL,
    CLIENT_HOTLINE,
    CLIENT_PROVIDER,
    CLIENT_PAYMENT_PLATFORM,
    CLIENT_KINDS,
};

struct principal {
    enum principal_kind kind;
    enum client_kind client_kind;
    struct uuid token_id;
    struct uuid subject_id; /* person_id of a citizen, client_id, staff_id */
    uint32_t roles;
    uint32_t regions_count;
    /* Where staff may look and a client serves. GB/T 2260 codes; 000000 is everywhere, XX0000 a province with all its
     * pools */
    char regions[LIMIT_PRINCIPAL_REGIONS][7];
    int64_t expires_at_us; /* real time; INT64_MAX when it does not expire */
};

#define STAFF_ROLES 5

struct staff_role_name {
    enum staff_role role;
    struct span name;
};

extern const struct staff_role_name staff_role_names[STAFF_ROLES];

extern const struct span client_kind_names[CLIENT_KINDS]; /* empty for CLIENT_NONE */

struct span principal_kind_text(enum principal_kind kind);
/* False for a text that names no kind of token. */
bool principal_kind_parse(struct span text, enum principal_kind *kind);
/* False for a text that names no kind of client. */
bool client_kind_parse(struct span text, enum client_kind *kind);
/* From texts joined by commas. Unknown roles give nothing; a malformed region or one too many is false. */
uint32_t principal_roles_parse(struct span text);
bool principal_regions_parse(struct span text, struct principal *principal);
