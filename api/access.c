/* Who may see what: citizens their own, staff what their regions cover, clients of that what somebody agreed to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"

#define REGION_CODE_LENGTH 6
#define PROVINCE_LENGTH 2

static bool is_province(struct span code)
{
    return memcmp(code.bytes + PROVINCE_LENGTH, "0000", REGION_CODE_LENGTH - PROVINCE_LENGTH) == 0;
}

static bool is_everywhere(struct span code)
{
    return span_equal(code, SPAN("000000"));
}

bool access_region_covers(struct span granted, struct span region_code)
{
    if (granted.length != REGION_CODE_LENGTH || region_code.length != REGION_CODE_LENGTH) {
        return false;
    }
    if (is_everywhere(granted)) {
        return true;
    }
    return memcmp(granted.bytes, region_code.bytes, is_province(granted) ? PROVINCE_LENGTH : REGION_CODE_LENGTH) == 0;
}

bool access_covers(const struct principal *principal, struct span region_code)
{
    for (uint32_t i = 0; i < principal->regions_count; i++) {
        if (access_region_covers(span_of(principal->regions[i]), region_code)) {
            return true;
        }
    }
    return false;
}

bool access_is_nationwide(const struct principal *principal)
{
    return access_covers(principal, SPAN("000000"));
}

static void mark_look(struct request *request, struct uuid object_id)
{
    request->look = true;
    request->look_person_key = uuid_key(object_id);
    request->look_object_id = object_id;
}

/* The runtime has asked before bind, for the operation's scope. */
static bool has_consent_of(const struct request *request, struct uuid object_id)
{
    return request->consent_person_key != 0 && request->consent_person_key == uuid_key(object_id);
}

enum problem access_ask(struct request *request, struct uuid object_id)
{
    switch (request->principal.kind) {
    case PRINCIPAL_CITIZEN:
        return uuid_key(object_id) == uuid_key(request->principal.subject_id) ? PROBLEM_NONE : PROBLEM_NOT_FOUND;
    case PRINCIPAL_STAFF:
        mark_look(request, object_id);
        return PROBLEM_NONE;
    case PRINCIPAL_CLIENT:
        if (!has_consent_of(request, object_id)) {
            return PROBLEM_NOT_FOUND;
        }
        mark_look(request, object_id);
        return PROBLEM_NONE;
    case PRINCIPAL_ANONYMOUS:
        return PROBLEM_NOT_FOUND;
    }
    return PROBLEM_NOT_FOUND;
}

bool access_may_see(const struct request *request, struct uuid person_id, struct span pool_code)
{
    switch (request->principal.kind) {
    case PRINCIPAL_CITIZEN:
        return uuid_equal(person_id, request->principal.subject_id) ||
               (request->viewed_person_key != 0 && request->viewed_person_key == uuid_key(person_id));
    case PRINCIPAL_STAFF:
        return access_covers(&request->principal, pool_code);
    case PRINCIPAL_CLIENT:
        return has_consent_of(request, person_id) && access_covers(&request->principal, pool_code);
    case PRINCIPAL_ANONYMOUS:
        return false;
    }
    return false;
}

void access_bind_visible(struct request *request, struct call *call, int param)
{
    const struct principal *principal = &request->principal;
    if (principal->kind == PRINCIPAL_CITIZEN || access_is_nationwide(principal)) {
        return;
    }
    char *patterns = arena_alloc(request->arena, LIMIT_PRINCIPAL_REGIONS * (REGION_CODE_LENGTH + 1) + 1);
    size_t length = 0;
    for (uint32_t i = 0; patterns != NULL && i < principal->regions_count; i++) {
        struct span code = span_of(principal->regions[i]);
        size_t kept = is_province(code) ? PROVINCE_LENGTH : code.length;
        memcpy(patterns + length, code.bytes, kept);
        length += kept;
        if (is_province(code)) {
            patterns[length++] = '%';
        }
        patterns[length++] = ',';
    }
    /* Without memory nothing is visible. */
    call_text(call, param, (struct span){.bytes = patterns, .length = length == 0 ? 0 : length - 1});
}
