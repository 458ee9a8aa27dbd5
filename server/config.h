/* Settings, from the environment, checked once at start. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct config {
#define CONFIG_TEXT(field, environment, fallback, allowed, meaning) const char *field;
#define CONFIG_INT(field, environment, unit, fallback, minimum, maximum, meaning) int64_t field;
#include "server/config.def"
#undef CONFIG_TEXT
#undef CONFIG_INT
};

/* Texts point into the environment. False after a line on stderr: the setting, its value and what is allowed. */
bool config_read(struct config *config);
/* What must not meet production mode, and what the mode demands; as config_read. */
bool config_check_mode(const struct config *config);
bool config_is_production(const struct config *config);
/* The table with the values in force; URLs without their password. */
void config_print(const struct config *config, FILE *out);
void config_print_help(FILE *out);
void config_print_markdown(FILE *out); /* docs/configuration.md */
