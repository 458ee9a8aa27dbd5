/* Reads the options of `yibaod token`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/token/token.h"
#include <stdio.h>
#include <string.h>

#define LIST_BYTES 512

static bool complain(const char *what, const char *option)
{
    fprintf(stderr, "yibaod token: %s: %s\n", what, option);
    return false;
}

static void add(struct text *list, const char *value)
{
    if (list->length > 0) {
        text_append_char(list, ',');
    }
    text_append_z(list, value);
}

static bool read_one(const char *name, const char *value, struct token_options *options)
{
    struct {
        const char *name;
        const char **target;
    } singles[] = {
        {"--kind", &options->kind},
        {"--subject", &options->subject},
        {"--label", &options->label},
        {"--expires", &options->expires},
    };
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
        if (strcmp(name, singles[i].name) == 0) {
            bool is_first = *singles[i].target == NULL;
            *singles[i].target = value;
            return is_first || complain("given twice", name);
        }
    }
    struct text *list = strcmp(name, "--role") == 0 ? &options->roles : &options->regions;
    if (list == &options->regions && strcmp(name, "--region") != 0) {
        return complain("no such option", name);
    }
    add(list, value);
    return true;
}

/* So that the bytes are a C string as well; a list that is empty stays NULL. */
static bool terminate(struct text *list)
{
    if (list->length > 0) {
        text_append_char(list, '\0');
        list->length--;
    }
    return !list->failed || complain("too many", "--role, --region");
}

bool token_options_read(int argc, char **argv, struct token_options *options)
{
    *options = (struct token_options){0};
    text_init(&options->roles, LIST_BYTES);
    text_init(&options->regions, LIST_BYTES);
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc) {
            return complain("no value for", argv[i]);
        }
        if (!read_one(argv[i], argv[i + 1], options)) {
            return false;
        }
    }
    return terminate(&options->roles) && terminate(&options->regions);
}

void token_options_fini(struct token_options *options)
{
    text_fini(&options->roles);
    text_fini(&options->regions);
}
