/* Refuses, before anything is routed, what two parsers could read in two ways (docs/hostile-framing.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/guard.h"
#include "server/auth/address.h"
#include "server/http/guard_layout.h"
#include "server/http/guard_target.h"
#include "server/limits.h"
#include <strings.h>

#define LENGTH_DIGITS 18 /* 999,999,999,999,999,999 still fits 64 bits */

/* What the framing rules need to know of the headers, gathered in one pass. */
struct framing {
    unsigned lengths_count;
    unsigned codings_count;
    unsigned hosts_count;
    struct span length;
    struct span coding;
    struct span host;
};

static bool span_is(struct span text, const char *lower)
{
    return text.length == strlen(lower) && strncasecmp(text.bytes, lower, text.length) == 0;
}

static bool name_is_valid(struct span name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alphanumeric && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return name.length > 0;
}

/* Tab is the one control character a value may hold; CR and LF would be what is left of a folded line. */
static bool value_is_valid(struct span value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.bytes[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool version_is_known(struct span version)
{
    return span_equal(version, SPAN("HTTP/1.1")) || span_equal(version, SPAN("HTTP/1.0"));
}

static bool method_is_known(struct span method)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (span_equal(method, span_of(known[i])))
            return true;
    return false;
}

static enum guard_verdict check_header_texts(const struct guard_input *input)
{
    for (size_t i = 0; i < input->headers_count; i++)
        if (!name_is_valid(input->headers[i].name))
            return GUARD_HEADER_NAME_MALFORMED;
    for (size_t i = 0; i < input->headers_count; i++)
        if (!value_is_valid(input->headers[i].value))
            return GUARD_HEADER_VALUE_MALFORMED;
    return GUARD_OK;
}

static struct framing gather(const struct guard_input *input)
{
    struct framing framing = {0};
    for (size_t i = 0; i < input->headers_count; i++) {
        const struct guard_header *header = &input->headers[i];
        if (span_is(header->name, "content-length")) {
            framing.lengths_count++;
            framing.length = header->value;
        } else if (span_is(header->name, "transfer-encoding")) {
            framing.codings_count++;
            framing.coding = header->value;
        } else if (span_is(header->name, "host")) {
            framing.hosts_count++;
            framing.host = header->value;
        }
    }
    return framing;
}

static bool length_is_valid(struct span length)
{
    for (size_t i = 0; i < length.length; i++)
        if (length.bytes[i] < '0' || length.bytes[i] > '9')
            return false;
    return length.length > 0 && length.length <= LENGTH_DIGITS;
}

static bool has_comma(struct span list)
{
    return list.length > 0 && memchr(list.bytes, ',', list.length) != NULL;
}

static enum guard_verdict check_body_framing(const struct guard_input *input, const struct framing *framing)
{
    if (framing->lengths_count > 0 && framing->codings_count > 0)
        return GUARD_LENGTH_AND_CODING;
    if (framing->lengths_count > 1)
        return GUARD_LENGTH_DUPLICATE;
    if (framing->lengths_count == 1 && !length_is_valid(framing->length))
        return GUARD_LENGTH_MALFORMED;
    if (framing->codings_count == 0)
        return GUARD_OK;
    if (framing->codings_count > 1 || has_comma(framing->coding))
        return GUARD_CODING_MULTIPLE;
    if (span_equal(input->version, SPAN("HTTP/1.0")))
        return GUARD_CODING_IN_HTTP_1_0;
    return span_is(framing->coding, "chunked") ? GUARD_OK : GUARD_CODING_UNKNOWN;
}

/* HTTP/1.0 knew no Host, and health checks of old balancers send none. */
static enum guard_verdict check_host(const struct guard_input *input, const struct framing *framing)
{
    if (framing->hosts_count == 0)
        return span_equal(input->version, SPAN("HTTP/1.0")) ? GUARD_OK : GUARD_HOST_MISSING;
    if (framing->hosts_count > 1)
        return GUARD_HOST_DUPLICATE;
    return guard_host_is_valid(framing->host) ? GUARD_OK : GUARD_HOST_MALFORMED;
}

static bool any_stands_twice(const struct guard_input *input, const char *const *names)
{
    for (const char *const *name = names; *name != NULL; name++) {
        unsigned count = 0;
        for (size_t i = 0; i < input->headers_count; i++)
            count += span_is(input->headers[i].name, *name);
        if (count > 1)
            return true;
    }
    return false;
}

/* Headers of which two would let a proxy and this server act on different ones. */
static enum guard_verdict check_singletons(const struct guard_input *input)
{
    static const char *const names[] = {"authorization", "content-type", "if-none-match", "origin", NULL};
    if (any_stands_twice(input, names) || any_stands_twice(input, argument_headers))
        return GUARD_HEADER_DUPLICATE;
    for (size_t i = 0; i < input->headers_count; i++)
        if (span_is(input->headers[i].name, "expect") && !span_is(input->headers[i].value, "100-continue"))
            return GUARD_EXPECT_UNKNOWN;
    return GUARD_OK;
}

static unsigned count_callers(const struct guard_input *input, struct span *value)
{
    unsigned count = 0;
    for (size_t i = 0; input->by_proxy && i < input->headers_count; i++)
        if (span_is(input->headers[i].name, "x-forwarded-for")) {
            *value = input->headers[i].value;
            count++;
        }
    return count;
}

bool guard_caller(const struct guard_input *input, struct sockaddr_storage *caller)
{
    struct span value;
    return count_callers(input, &value) == 1 && address_parse(value, caller);
}

/* The project's proxy sets it anew; a list or a second one is somebody else's doing, and which one counts is unclear.
 */
static enum guard_verdict check_caller(const struct guard_input *input)
{
    struct span value;
    struct sockaddr_storage caller;
    unsigned count = count_callers(input, &value);
    return count == 0 || (count == 1 && address_parse(value, &caller)) ? GUARD_OK : GUARD_CALLER_MALFORMED;
}

enum guard_verdict guard_check(const struct guard_input *input)
{
    if (input->headers_count > LIMIT_HEADERS)
        return GUARD_HEADERS_TOO_MANY;
    if (input->layout_bytes > 0 && !guard_layout_is_whole(input))
        return GUARD_HEADER_LAYOUT;
    if (!version_is_known(input->version))
        return GUARD_VERSION_UNSUPPORTED;
    enum guard_verdict verdict = check_header_texts(input);
    if (verdict != GUARD_OK)
        return verdict;
    struct framing framing = gather(input);
    verdict = check_body_framing(input, &framing);
    if (verdict != GUARD_OK)
        return verdict;
    if (!method_is_known(input->method))
        return GUARD_METHOD_UNKNOWN;
    verdict = check_host(input, &framing);
    if (verdict != GUARD_OK)
        return verdict;
    verdict = check_singletons(input);
    if (verdict != GUARD_OK)
        return verdict;
    verdict = check_caller(input);
    if (verdict != GUARD_OK)
        return verdict;
    return guard_check_target(input->target, span_equal(input->method, SPAN("OPTIONS")));
}

enum problem guard_problem(enum guard_verdict verdict)
{
    static const enum problem problems[] = {[GUARD_OK] = PROBLEM_NONE,
#define GUARD_PROBLEM(name, reason, problem, closes) [GUARD_##name] = PROBLEM_##problem,
                                            GUARD_VERDICTS(GUARD_PROBLEM)
#undef GUARD_PROBLEM
    };
    return problems[verdict];
}

bool guard_closes(enum guard_verdict verdict)
{
    static const bool closing[] = {[GUARD_OK] = false,
#define GUARD_CLOSES(name, reason, problem, closes) [GUARD_##name] = closes,
                                   GUARD_VERDICTS(GUARD_CLOSES)
#undef GUARD_CLOSES
    };
    return closing[verdict];
}

const char *guard_reason(enum guard_verdict verdict)
{
    static const char *const reasons[] = {[GUARD_OK] = "ok",
#define GUARD_REASON(name, reason, problem, closes) [GUARD_##name] = reason,
                                          GUARD_VERDICTS(GUARD_REASON)
#undef GUARD_REASON
    };
    return reasons[verdict];
}
