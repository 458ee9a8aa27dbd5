/* Reads files of SQL and data. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/script.h"
#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_BYTES_MAXIMUM (16 << 20) /* regions of the whole nation are 0.1 MiB */

static bool read_whole(FILE *file, struct script *script)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return false;
    long length = ftell(file);
    if (length < 0 || length > SCRIPT_BYTES_MAXIMUM) {
        errno = EFBIG;
        return false;
    }
    rewind(file);
    script->text = malloc((size_t)length + 1);
    if (script->text == NULL)
        return false;
    script->length = fread(script->text, 1, (size_t)length, file);
    script->text[script->length] = '\0';
    return script->length == (size_t)length && strlen(script->text) == script->length;
}

bool script_read(struct script *script, const char *directory, const char *name)
{
    *script = (struct script){.name = strdup(name)};
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    errno = 0;
    FILE *file = fopen(path, "rb");
    bool is_read = script->name != NULL && file != NULL && read_whole(file, script) &&
                   EVP_Digest(script->text, script->length, script->checksum, NULL, EVP_sha256(), NULL) == 1;
    if (!is_read) {
        fprintf(stderr, "yibaod: cannot read %s: %s\n", path, errno == 0 ? "not a text file" : strerror(errno));
        script_free(script);
    }
    if (file != NULL)
        fclose(file);
    return is_read;
}

void script_free(struct script *script)
{
    free(script->name);
    free(script->text);
    *script = (struct script){0};
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t name_length = strlen(name), suffix_length = strlen(suffix);
    return name[0] != '.' && name_length > suffix_length && strcmp(name + name_length - suffix_length, suffix) == 0;
}

/* By bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_entries(struct script_list *list, const char *directory, const char *suffix,
                         struct dirent *const *entries, int count)
{
    list->items = calloc((size_t)count + 1, sizeof *list->items);
    if (list->items == NULL) {
        fprintf(stderr, "yibaod: out of memory\n");
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!ends_with(entries[i]->d_name, suffix))
            continue;
        if (!script_read(&list->items[list->count], directory, entries[i]->d_name))
            return false;
        list->count++;
    }
    return true;
}

bool script_list_read(struct script_list *list, const char *directory, const char *suffix)
{
    *list = (struct script_list){0};
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, NULL, by_name);
    if (count < 0) {
        fprintf(stderr, "yibaod: cannot read %s: %s\n", directory, strerror(errno));
        return false;
    }
    bool is_read = read_entries(list, directory, suffix, entries, count);
    if (!is_read)
        script_list_free(list);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return is_read;
}

void script_list_free(struct script_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        script_free(&list->items[i]);
    free(list->items);
    *list = (struct script_list){0};
}
