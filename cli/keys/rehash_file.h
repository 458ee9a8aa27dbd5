/* Reads db/rehash: where hashes stand, and how they are found, stored and taken away. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/*
 * `-- place: TABLE BLOCKS ADDS_AT DROPS_AT PURPOSE…` (stages of a key: when the next version is stored, and when the
 * older is taken away), `-- scan` (from and to as ctid, purpose, version: id and hash of each row), `-- lock` (how the
 * rows found are held), `-- store` and, where the older stands beside the next, `-- drop` (both: ids, next hashes,
 * purpose, version).
 */
struct rehash_file {
    const char *name;
    char table[64], adds_at[16], drops_at[16];
    long blocks; /* in one slice */
    const char *purposes, *scan, *lock, *store, *drop;
};

/* Every file in the order of the names, until a visit fails. False after one line on stderr. */
bool rehash_files_visit(const char *db_directory, bool (*visit)(void *state, const struct rehash_file *place),
                        void *state);
