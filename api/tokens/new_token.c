/* What a new token is to be, and what may be asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tokens/new_token.h"
#include "api/access.h"
#include "api/api.h"
#include "api/principal_text.h"
#include "api/words.h"

void new_token_read(struct request *request, struct new_token *token)
{
    const struct arg *args = request->args;
    token->kind = PRINCIPAL_CLIENT;
    principal_kind_parse(args[CREATE_TOKEN_KIND].text, &token->kind);
    token->subject_id =
        args[CREATE_TOKEN_SUBJECT_ID].present ? args[CREATE_TOKEN_SUBJECT_ID].uuid : uuid_make(uuid_random_key());
    token->label = args[CREATE_TOKEN_LABEL].present ? args[CREATE_TOKEN_LABEL].text : SPAN("");
    token->roles = words_join(request->arena, &args[CREATE_TOKEN_ROLES]);
    token->regions = words_join(request->arena, &args[CREATE_TOKEN_REGIONS]);
    token->expires_at_us = args[CREATE_TOKEN_EXPIRES_AT].present ? args[CREATE_TOKEN_EXPIRES_AT].number : INT64_MAX;
}

static void need(struct request *request, int arg, const char *name, bool wanted)
{
    bool present = request->args[arg].present;
    if (present != wanted) {
        request_fault(request, ARG_BODY, name, wanted ? "required" : "not_allowed", NULL);
    }
}

static void check_regions(struct request *request)
{
    const struct arg *regions = &request->args[CREATE_TOKEN_REGIONS];
    for (size_t i = 0; regions->present && i < regions->texts.count; i++) {
        if (!access_covers(&request->principal, regions->texts.items[i])) {
            const char *name = arena_printf(request->arena, "regions/%zu", i);
            request_fault(request, ARG_BODY, name == NULL ? "regions" : name, "not_allowed", NULL);
        }
    }
}

static void check_staff(struct request *request)
{
    need(request, CREATE_TOKEN_ROLES, "roles", true);
    need(request, CREATE_TOKEN_REGIONS, "regions", true);
    check_regions(request);
}

static void check_other(struct request *request, const struct new_token *token)
{
    need(request, CREATE_TOKEN_ROLES, "roles", false);
    need(request, CREATE_TOKEN_REGIONS, "regions", false);
    bool is_citizen = token->kind == PRINCIPAL_CITIZEN;
    if (is_citizen && (!access_is_nationwide(&request->principal) || api_is_production())) {
        request_fault(request, ARG_BODY, "kind", "not_allowed", NULL);
    }
    if (!request->args[CREATE_TOKEN_SUBJECT_ID].present) {
        request_fault(request, ARG_BODY, "subject_id", "required", NULL);
    }
    if (is_citizen && !request->args[CREATE_TOKEN_EXPIRES_AT].present) {
        request_fault(request, ARG_BODY, "expires_at", "required", NULL);
    }
}

void new_token_check(struct request *request, const struct new_token *token, int64_t now_us)
{
    if (token->expires_at_us <= now_us) {
        request_fault(request, ARG_BODY, "expires_at", "too_small", NULL);
    }
    if (token->kind == PRINCIPAL_STAFF) {
        check_staff(request);
    } else {
        check_other(request, token);
    }
}
