/* Reads, checks and shows the settings of server/config.def. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct setting {
    const char *environment;
    const char *meaning;
    const char *text_default; /* NULL for an integer */
    const char *allowed;      /* choices of a text, separated by |, or "" */
    const char *unit;         /* of an integer, as the rest */
    int64_t int_default;
    int64_t minimum;
    int64_t maximum;
    size_t offset;
};

#define CONFIG_TEXT(field, name, fallback, choices, what)                                                              \
    {.environment = (name),                                                                                            \
     .meaning = (what),                                                                                                \
     .text_default = (fallback),                                                                                       \
     .allowed = (choices),                                                                                             \
     .offset = offsetof(struct config, field)},
#define CONFIG_INT(field, name, units, fallback, least, most, what)                                                    \
    {.environment = (name),                                                                                            \
     .meaning = (what),                                                                                                \
     .unit = (units),                                                                                                  \
     .int_default = (fallback),                                                                                        \
     .minimum = (least),                                                                                               \
     .maximum = (most),                                                                                                \
     .offset = offsetof(struct config, field)},
static const struct setting settings[] = {
#include "server/config.def"
};
#undef CONFIG_TEXT
#undef CONFIG_INT

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static const char **text_of(const struct setting *setting, struct config *config)
{
    return (const char **)(void *)((char *)config + setting->offset);
}

static int64_t *int_of(const struct setting *setting, struct config *config)
{
    return (int64_t *)(void *)((char *)config + setting->offset);
}

static bool is_choice(const char *allowed, const char *value)
{
    size_t length = strlen(value);
    for (const char *choice = allowed; choice != NULL; choice = strchr(choice, '|')) {
        choice += *choice == '|';
        if (strcspn(choice, "|") == length && memcmp(choice, value, length) == 0)
            return true;
    }
    return false;
}

static bool parse_int(const char *value, int64_t *number)
{
    if (value[strspn(value, "0123456789")] != 0)
        return false;
    errno = 0;
    *number = strtoll(value, NULL, 10);
    return errno == 0;
}

static bool read_text(const struct setting *setting, const char *value, struct config *config)
{
    if (setting->allowed[0] != 0 && !is_choice(setting->allowed, value)) {
        fprintf(stderr, "yibaod: %s is \"%s\"; allowed is one of %s\n", setting->environment, value, setting->allowed);
        return false;
    }
    *text_of(setting, config) = value;
    return true;
}

static bool read_int(const struct setting *setting, const char *value, struct config *config)
{
    int64_t number;
    if (!parse_int(value, &number) || number < setting->minimum || number > setting->maximum) {
        fprintf(stderr, "yibaod: %s is \"%s\"; allowed is %" PRId64 " to %" PRId64 " (%s)\n", setting->environment,
                value, setting->minimum, setting->maximum, setting->unit);
        return false;
    }
    *int_of(setting, config) = number;
    return true;
}

static bool has_password(const PQconninfoOption *options)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, "password") == 0)
            return options->val != NULL;
    return false;
}

/* libpq would quote what it cannot read, and a mistyped scheme makes that the whole URL with its password. */
static bool check_url(const struct config *config, const char *name, const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    bool is_twice = options != NULL && config->database_password_file[0] != 0 && has_password(options);
    if (options == NULL)
        fprintf(stderr,
                "yibaod: %s is not a connection string: postgresql://user:password@host/database or "
                "host=… user=… dbname=…\n",
                name);
    if (is_twice)
        fprintf(stderr, "yibaod: %s holds a password although YIBAO_DATABASE_PASSWORD_FILE is set; leave one of them\n",
                name);
    PQconninfoFree(options);
    return options != NULL && !is_twice;
}

bool config_read(struct config *config)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        const char *value = getenv(setting->environment);
        bool is_given = value != NULL && value[0] != 0; /* compose files pass what is not set as empty */
        if (setting->text_default != NULL) {
            if (!read_text(setting, is_given ? value : setting->text_default, config))
                return false;
        } else if (is_given) {
            if (!read_int(setting, value, config))
                return false;
        } else {
            *int_of(setting, config) = setting->int_default;
        }
    }
    return check_url(config, "DATABASE_URL", config->database_url) &&
           check_url(config, "YIBAO_REPLICA_URL", config->replica_url);
}

/* In keyword form, whatever form was given, with what libpq itself calls secret left out. */
static void print_url(const char *conninfo, FILE *out)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    if (options == NULL) {
        fputs("(not a connection string)", out);
        return;
    }
    const char *gap = "";
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val == NULL)
            continue;
        bool is_secret = option->dispchar[0] == '*' || strstr(option->keyword, "password") != NULL;
        fprintf(out, "%s%s=%s", gap, option->keyword, is_secret ? "***" : option->val);
        gap = " ";
    }
    PQconninfoFree(options);
}

void config_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        const char *field = (const char *)config + setting->offset;
        fprintf(out, "%-36s ", setting->environment);
        if (strcmp(setting->environment, "DATABASE_URL") == 0)
            print_url(config->database_url, out);
        else if (strcmp(setting->environment, "YIBAO_REPLICA_URL") == 0)
            print_url(config->replica_url, out);
        else if (setting->text_default != NULL)
            fputs(*(const char *const *)(const void *)field, out);
        else
            fprintf(out, "%" PRId64 " %s", *(const int64_t *)(const void *)field, setting->unit);
        fputc('\n', out);
    }
}

void config_print_help(FILE *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        fprintf(out, "  %s\n      %s\n", setting->environment, setting->meaning);
        if (setting->text_default == NULL)
            fprintf(out, "      %s, %" PRId64 " to %" PRId64 ", default %" PRId64 "\n", setting->unit, setting->minimum,
                    setting->maximum, setting->int_default);
        else if (setting->allowed[0] != 0)
            fprintf(out, "      one of %s, default %s\n", setting->allowed, setting->text_default);
        else if (setting->text_default[0] != 0)
            fprintf(out, "      default %s\n", setting->text_default);
    }
}

static void print_markdown_choices(const char *allowed, FILE *out)
{
    for (const char *choice = allowed; *choice != 0;) {
        int length = (int)strcspn(choice, "|");
        fprintf(out, "%s`%.*s`", choice == allowed ? "" : ", ", length, choice);
        choice += length + (choice[length] == '|');
    }
}

void config_print_markdown(FILE *out)
{
    fputs(
        "# Configuration\n\n"
        "Settings come from the environment and are checked once, at start: a wrong value stops the program with one\n"
        "line that names it. An empty value is the same as none. `yibaod config` shows the values in force.\n\n"
        "Written by `yibaod config --markdown` from `server/config.def`; a unit test checks that they agree.\n\n"
        "| variable | default | allowed | unit | meaning |\n"
        "| --- | --- | --- | --- | --- |\n",
        out);
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        fprintf(out, "| `%s` | ", setting->environment);
        if (setting->text_default == NULL) {
            fprintf(out, "`%" PRId64 "` | %" PRId64 " to %" PRId64 " | %s", setting->int_default, setting->minimum,
                    setting->maximum, setting->unit);
        } else {
            fprintf(out, setting->text_default[0] == 0 ? "%s | " : "`%s` | ", setting->text_default);
            print_markdown_choices(setting->allowed, out);
            fputs(" | ", out);
        }
        fprintf(out, " | %s |\n", setting->meaning);
    }
}
