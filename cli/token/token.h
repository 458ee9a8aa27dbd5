/* The parts of `yibaod token`. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/commands.h"
#include "server/auth/principal.h"
#include "server/pg/session.h"
#include "server/pg/statement.h"
#include "server/text.h"

/* argv[0] is the verb. EXIT_CODE_USAGE after one line on stderr that says what is wrong. */
enum exit_code token_create_command(int argc, char **argv, const struct config *config);
enum exit_code token_list_command(int argc, char **argv, const struct config *config);
enum exit_code token_revoke_command(int argc, char **argv, const struct config *config);

/* What the options say. Texts point into argv. */
struct token_options {
    const char *kind;    /* NULL when not given */
    const char *subject; /* NULL when not given */
    const char *label;
    const char *expires;
    struct text roles;   /* joined by commas, NUL after the end; NULL when there are none */
    struct text regions; /* the same */
};

bool token_options_read(int argc, char **argv, struct token_options *options);
void token_options_fini(struct token_options *options);

/* Runs a statement of the program with the same parameters as a request gives it, as text; NULL is NULL. Set mode gets
 * each wrapped as an array of one. Caller clears the result; NULL after a line on stderr. */
PGresult *token_query(const struct config *config, enum statement statement, const char *const *values);
