/* Reads db/rehash: where hashes stand, and how they are found, stored and taken away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/rehash_file.h"
#include "server/pg/script.h"
#include <stdio.h>
#include <string.h>

static bool refuse(const char *name, const char *why)
{
    fprintf(stderr, "yibaod: %s: %s\n", name, why);
    return false;
}

/* The text after a line `-- NAME`, which ends where the next such line begins; NULL when there is none. */
static const char *section(char *text, const char *mark)
{
    char *found = strstr(text, mark);
    if (found == NULL)
        return NULL;
    *found = '\0';
    return found + strlen(mark);
}

/* Last section first, for each is cut off what stands before it. */
static bool parse(struct script *script, struct rehash_file *place)
{
    static const char mark[] = "-- place: ";
    int length = 0;
    place->name = script->name;
    place->drop = section(script->text, "\n-- drop\n");
    place->store = section(script->text, "\n-- store\n");
    place->lock = section(script->text, "\n-- lock\n");
    place->scan = section(script->text, "\n-- scan\n");
    const char *head = strstr(script->text, mark);
    if (head == NULL || place->scan == NULL || place->lock == NULL || place->store == NULL ||
        sscanf(head + strlen(mark), "%63[a-z_] %ld %15s %15s%n", place->table, &place->blocks, place->adds_at,
               place->drops_at, &length) != 4 ||
        place->blocks < 1)
        return refuse(script->name, "lacks its lines -- place:, -- scan, -- lock or -- store");
    place->purposes = head + strlen(mark) + length;
    return true;
}

bool rehash_files_visit(const char *db_directory, bool (*visit)(void *state, const struct rehash_file *place),
                        void *state)
{
    char path[4400];
    struct script_list list;
    snprintf(path, sizeof path, "%s/rehash", db_directory);
    if (!script_list_read(&list, path, ".sql"))
        return false;
    bool is_done = list.count > 0 || refuse(path, "holds no places");
    for (size_t i = 0; is_done && i < list.count; i++) {
        struct rehash_file place;
        is_done = parse(&list.items[i], &place) && visit(state, &place);
    }
    script_list_free(&list);
    return is_done;
}
