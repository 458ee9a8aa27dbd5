/* `yibaod token create`: makes a token and prints it, this once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/principal_text.h"
#include "cli/token/token.h"
#include "server/auth/token.h"
#include "server/clock.h"
#include "server/http/percent.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPAN_DAYS_MAX 36500

static bool complain(const char *what)
{
    fprintf(stderr, "yibaod token: %s\n", what);
    return false;
}

/* An instant, or a number of minutes, hours or days from now. */
static bool parse_expires(const char *text, int64_t now_us, int64_t *instant_us)
{
    if (instant_parse(span_of(text), instant_us)) {
        return *instant_us > now_us || complain("--expires is past");
    }
    char *unit = NULL;
    long count = strtol(text, &unit, 10);
    int64_t minutes = strcmp(unit, "m") == 0 ? 1 : strcmp(unit, "h") == 0 ? 60 : strcmp(unit, "d") == 0 ? 1440 : 0;
    if (minutes == 0 || count <= 0 || count > SPAN_DAYS_MAX * 1440L / minutes) {
        return complain(
            "--expires must be an instant such as 2026-07-01T00:00:00+08:00, or a span such as 30m, 12h, 90d");
    }
    *instant_us = now_us + count * minutes * 60 * INT64_C(1000000);
    return true;
}

/* Every item of a comma-separated list is a text of `choices`, or six digits when there are none. */
static bool check_list(const struct text *list, const char *const *choices)
{
    struct span rest = text_span(list);
    while (rest.length > 0) {
        const char *comma = memchr(rest.bytes, ',', rest.length);
        struct span item = {rest.bytes, comma == NULL ? rest.length : (size_t)(comma - rest.bytes)};
        bool is_known = choices == NULL && item.length == 6 && strspn(item.bytes, "0123456789") >= 6;
        for (size_t i = 0; choices != NULL && choices[i] != NULL; i++) {
            is_known |= span_equal(item, span_of(choices[i]));
        }
        if (!is_known) {
            return false;
        }
        rest.bytes += item.length + (comma != NULL);
        rest.length -= item.length + (comma != NULL);
    }
    return true;
}

static bool check(const struct token_options *options, enum principal_kind kind, const struct config *config)
{
    static const char *const roles[] = {"operator", "reviewer", "policy", "security", "auditor", NULL};
    bool is_staff = kind == PRINCIPAL_STAFF;
    if (is_staff != (options->roles.length > 0) || is_staff != (options->regions.length > 0)) {
        return complain("staff need --role and --region, others must not have them");
    }
    if (!check_list(&options->roles, roles)) {
        return complain("--role must be operator, reviewer, policy, security or auditor");
    }
    if (!check_list(&options->regions, NULL)) {
        return complain("--region must be six digits");
    }
    if (kind == PRINCIPAL_CITIZEN && (options->subject == NULL || options->expires == NULL)) {
        return complain("a citizen's token needs --subject and --expires");
    }
    if (kind == PRINCIPAL_CLIENT && options->subject == NULL) {
        return complain("a client's token needs --subject: the client_id of one that is registered");
    }
    if (kind == PRINCIPAL_CITIZEN && config_is_production(config)) {
        return complain("in production a citizen's token comes from signing in, not from here");
    }
    size_t characters;
    if (options->label != NULL && !text_is_plain(span_of(options->label), &characters)) {
        return complain("--label must be UTF-8 text without control characters");
    }
    return options->label == NULL || strlen(options->label) <= 128 || complain("--label may have 128 bytes");
}

struct made {
    enum principal_kind kind;
    struct uuid subject_id;
    struct uuid token_id;
    int64_t now_us;
    int64_t expires_at_us; /* INT64_MAX: never */
    char text[TOKEN_TEXT_LENGTH + 1];
};

static bool make(const struct token_options *options, const struct config *config, struct made *made)
{
    if (options->kind == NULL || !principal_kind_parse(span_of(options->kind), &made->kind)) {
        return complain("--kind must be citizen, client or staff");
    }
    if (!check(options, made->kind, config)) {
        return false;
    }
    made->now_us = clock_real_us();
    made->expires_at_us = INT64_MAX;
    made->subject_id = uuid_make(uuid_random_key());
    if (options->subject != NULL && !uuid_parse(span_of(options->subject), &made->subject_id)) {
        return complain("--subject must be a UUID");
    }
    if (options->expires != NULL && !parse_expires(options->expires, made->now_us, &made->expires_at_us)) {
        return false;
    }
    made->token_id = uuid_make(made->kind == PRINCIPAL_CITIZEN ? uuid_key(made->subject_id) : uuid_random_key());
    return token_make(made->kind, made->text) || complain("the system gives no randomness");
}

static PGresult *store(const struct made *made, const struct token_options *options, const struct config *config)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    char hash_text[3 + 2 * TOKEN_HASH_BYTES] = "\\x";
    char token_id[UUID_TEXT_LENGTH + 1], subject_id[UUID_TEXT_LENGTH + 1], event_id[UUID_TEXT_LENGTH + 1];
    char person_key[24], now[33], expires_at[33] = "";
    if (!token_hash(span_of(made->text), hash)) {
        complain("SHA-256 is not available");
        return NULL;
    }
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++) {
        snprintf(hash_text + 2 + 2 * i, 3, "%02x", hash[i]);
    }
    uuid_format(made->token_id, token_id);
    uuid_format(made->subject_id, subject_id);
    uuid_format(uuid_make(uuid_key(made->token_id)), event_id);
    snprintf(person_key, sizeof person_key, "%" PRIu64, uuid_key(made->subject_id));
    instant_format(made->now_us, now);
    if (made->expires_at_us != INT64_MAX) {
        instant_format(made->expires_at_us, expires_at);
    }
    const char *values[] = {
        [TOKEN_CREATE_PARAM_TOKEN_HASH] = hash_text,
        [TOKEN_CREATE_PARAM_TOKEN_ID] = token_id,
        [TOKEN_CREATE_PARAM_KIND] = options->kind,
        [TOKEN_CREATE_PARAM_SUBJECT_ID] = subject_id,
        [TOKEN_CREATE_PARAM_PERSON_KEY] = made->kind == PRINCIPAL_CITIZEN ? person_key : NULL,
        [TOKEN_CREATE_PARAM_LABEL] = options->label == NULL ? "" : options->label,
        [TOKEN_CREATE_PARAM_ROLES] = options->roles.bytes,
        [TOKEN_CREATE_PARAM_REGIONS] = options->regions.bytes,
        [TOKEN_CREATE_PARAM_EXPIRES_AT] = expires_at[0] == '\0' ? NULL : expires_at,
        [TOKEN_CREATE_PARAM_CREATED_BY] = NULL,
        [TOKEN_CREATE_PARAM_INSTANT] = now,
        [TOKEN_CREATE_PARAM_EVENT_ID] = event_id,
        [TOKEN_CREATE_PARAM_ACTOR_KIND] = "command_line",
        [TOKEN_CREATE_PARAM_REQUEST_ID] = NULL,
        [TOKEN_CREATE_PARAM_VISIBLE] = NULL,
    };
    return token_query(config, STATEMENT_TOKEN_CREATE, values);
}

static enum exit_code finish(const PGresult *result, const struct made *made)
{
    char token_id[UUID_TEXT_LENGTH + 1];
    const char *status = PQntuples(result) == 1 ? PQgetvalue(result, 0, TOKEN_CREATE_COLUMN_STATUS) : "malformed";
    if (strcmp(status, "unknown_person") == 0) {
        complain("--subject names no person");
        return EXIT_CODE_FAILED;
    }
    if (strcmp(status, "unknown_client") == 0) {
        complain("--subject names no registered client that is active");
        return EXIT_CODE_FAILED;
    }
    if (strcmp(status, "foreign_subject") == 0) {
        complain("--subject names a person or a client, for whom no staff token stands");
        return EXIT_CODE_FAILED;
    }
    if (strcmp(status, "created") != 0) {
        complain("the database refused the token");
        return EXIT_CODE_FAILED;
    }
    uuid_format(made->token_id, token_id);
    fprintf(stderr, "token_id %s\n", token_id);
    return printf("%s\n", made->text) > 0 && fflush(stdout) == 0 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

enum exit_code token_create_command(int argc, char **argv, const struct config *config)
{
    struct token_options options;
    struct made made;
    enum exit_code code = EXIT_CODE_USAGE;
    if (token_options_read(argc, argv, &options) && make(&options, config, &made)) {
        PGresult *result = store(&made, &options, config);
        code = result == NULL ? EXIT_CODE_FAILED : finish(result, &made);
        PQclear(result);
        explicit_bzero(made.text, sizeof made.text);
    }
    token_options_fini(&options);
    return code;
}
