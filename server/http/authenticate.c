/* Bearer tokens (RFC 6750): form, cache, look-up, permission. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/authenticate.h"
#include "server/clock.h"
#include "server/metrics.h"
#include <strings.h>

static bool is_public(const struct operation_info *operation)
{
    return operation->kinds & (1u << PRINCIPAL_ANONYMOUS);
}

static struct span bearer_of(struct span authorization)
{
    static const char scheme[] = "Bearer ";
    size_t length = sizeof scheme - 1;
    if (authorization.length <= length || strncasecmp(authorization.bytes, scheme, length) != 0)
        return (struct span){0};
    return (struct span){.bytes = authorization.bytes + length, .length = authorization.length - length};
}

enum authenticate_result authenticate_begin(struct exchange *exchange)
{
    enum principal_kind kind;
    if (is_public(exchange->operation))
        return AUTHENTICATE_KNOWN;
    struct span token = bearer_of(exchange->authorization);
    if (!token_check(token, &kind))
        return AUTHENTICATE_REFUSED;
    if (!token_hash(token, exchange->token_hash))
        return AUTHENTICATE_FAILED;

    int64_t now_us = clock_monotonic_us();
    const struct principal *known = token_cache_find(exchange->context->tokens, exchange->token_hash, now_us);
    metrics_count(known != NULL ? METRIC_TOKEN_CACHE_HIT : METRIC_TOKEN_CACHE_MISS);
    if (known != NULL) {
        exchange->request.principal = *known;
        return known->expires_at_us > clock_real_us() ? AUTHENTICATE_KNOWN : AUTHENTICATE_REFUSED;
    }
    exchange->token_asked_at_us = now_us;
    call_init(&exchange->task.call, STATEMENT_TOKEN_FIND);
    call_bytea(&exchange->task.call, TOKEN_FIND_PARAM_TOKEN_HASH,
               (struct span){.bytes = (const char *)exchange->token_hash, .length = TOKEN_HASH_BYTES});
    return AUTHENTICATE_ASK;
}

enum problem authenticate_take_rows(struct exchange *exchange, const struct rows *rows)
{
    struct principal principal = {.expires_at_us = INT64_MAX};
    if (rows->count == 0)
        return PROBLEM_UNAUTHENTICATED;
    if (!principal_kind_parse(row_text(rows, 0, TOKEN_FIND_COLUMN_KIND), &principal.kind) ||
        !principal_regions_parse(row_text(rows, 0, TOKEN_FIND_COLUMN_REGIONS), &principal))
        return PROBLEM_INTERNAL_ERROR;
    principal.token_id = row_uuid(rows, 0, TOKEN_FIND_COLUMN_TOKEN_ID);
    principal.subject_id = row_uuid(rows, 0, TOKEN_FIND_COLUMN_SUBJECT_ID);
    if (principal.kind == PRINCIPAL_CLIENT &&
        !client_kind_parse(row_text(rows, 0, TOKEN_FIND_COLUMN_CLIENT_KIND), &principal.client_kind))
        return PROBLEM_INTERNAL_ERROR;
    principal.roles = principal_roles_parse(row_text(rows, 0, TOKEN_FIND_COLUMN_ROLES));
    if (!row_is_null(rows, 0, TOKEN_FIND_COLUMN_EXPIRES_AT))
        principal.expires_at_us = row_instant(rows, 0, TOKEN_FIND_COLUMN_EXPIRES_AT);
    if (principal.expires_at_us <= clock_real_us())
        return PROBLEM_UNAUTHENTICATED;
    token_cache_put(exchange->context->tokens, exchange->token_hash, &principal,
                    row_int(rows, 0, TOKEN_FIND_COLUMN_EPOCH), exchange->token_asked_at_us);
    exchange->request.principal = principal;
    return PROBLEM_NONE;
}

static enum problem take_rate(struct exchange *exchange, const struct principal *principal)
{
    struct rate_limit *limit = exchange->context->service->rate_by_principal;
    struct rate_verdict verdict;
    rate_limit_take(limit, rate_limit_key_of_principal(limit, principal->subject_id), clock_monotonic_us(), &verdict);
    exchange->verdict = verdict;
    exchange->verdict_limit = limit;
    if (verdict.allowed)
        return PROBLEM_NONE;
    metrics_count(METRIC_RATE_LIMITED_PRINCIPAL);
    return PROBLEM_RATE_LIMITED;
}

enum problem authenticate_permit(struct exchange *exchange)
{
    const struct operation_info *operation = exchange->operation;
    const struct principal *principal = &exchange->request.principal;
    if (is_public(operation))
        return PROBLEM_NONE;
    enum problem problem = take_rate(exchange, principal);
    if (problem != PROBLEM_NONE)
        return problem;
    if (!(operation->kinds & (1u << principal->kind)))
        return PROBLEM_FORBIDDEN;
    if (principal->kind == PRINCIPAL_STAFF && !(operation->roles & principal->roles))
        return PROBLEM_FORBIDDEN;
    if (principal->kind == PRINCIPAL_CLIENT && operation->client_kinds != 0 &&
        !(operation->client_kinds & (1u << principal->client_kind)))
        return PROBLEM_FORBIDDEN;
    return PROBLEM_NONE;
}
