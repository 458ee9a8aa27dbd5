/* Files of SQL and data in a directory, in the order of their names. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_CHECKSUM_BYTES 32

struct script {
    char *name;                              /* without directory */
    char *text;                              /* NUL-terminated */
    size_t length;                           /* bytes of text */
    uint8_t checksum[SCRIPT_CHECKSUM_BYTES]; /* SHA-256 of the text */
};

struct script_list {
    struct script *items;
    size_t count;
};

/* Reads every file of `directory` that ends in `suffix`. False after one line on stderr; the list is then empty. */
bool script_list_read(struct script_list *list, const char *directory, const char *suffix);
void script_list_free(struct script_list *list);
/* One file; false after one line on stderr. */
bool script_read(struct script *script, const char *directory, const char *name);
void script_free(struct script *script);
