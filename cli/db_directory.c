/* Finds the db/ directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/db_directory.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_db_directory(const char *path)
{
    char file[4352];
    snprintf(file, sizeof file, "%s/schema_migration.sql", path);
    return access(file, R_OK) == 0;
}

bool db_directory_find(const char *given, char *out, size_t out_bytes)
{
    static const char *const places[] = {"../db", "../../db", "../share/yibaod/db"};
    if (given != NULL) {
        snprintf(out, out_bytes, "%s", given);
        if (is_db_directory(out))
            return true;
        fprintf(stderr, "yibaod: %s is not a db/ directory of yibaod\n", given);
        return false;
    }
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        char *slash = strrchr(program, '/');
        if (slash != NULL)
            *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            snprintf(out, out_bytes, "%s/%s", program, places[i]);
            if (is_db_directory(out))
                return true;
        }
    }
    snprintf(out, out_bytes, "db");
    if (is_db_directory(out))
        return true;
    fprintf(stderr, "yibaod: cannot find the db/ directory of this version; name it with --db\n");
    return false;
}
