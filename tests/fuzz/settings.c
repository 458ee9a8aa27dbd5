/* The settings of the environment, a line each, as NAME=value; printed, they show no password. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"
#include "tests/fuzz/fuzz.h"
#include <libpq-fe.h>
#include <stdlib.h>

#define PASSWORD_BYTES_MIN 6 /* shorter ones are found by chance */
#define LINE_BYTES 512

static const char *const names[] = {
#define CONFIG_TEXT(field, environment, fallback, allowed, meaning) environment,
#define CONFIG_INT(field, environment, unit, fallback, minimum, maximum, meaning) environment,
#include "server/config.def"
#undef CONFIG_TEXT
#undef CONFIG_INT
};

#define NAMES (sizeof names / sizeof names[0])

/* The password of a connection string, unless it stands there as something else too. */
static void find_password(const char *url, char out[LINE_BYTES])
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    const char *password = NULL;
    out[0] = '\0';
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
        if (strcmp(option->keyword, "password") == 0)
            password = option->val;
    bool is_telling = password != NULL && strlen(password) >= PASSWORD_BYTES_MIN && strlen(password) < LINE_BYTES;
    for (const PQconninfoOption *option = options; is_telling && option->keyword != NULL; option++)
        is_telling = option->val == password || option->val == NULL || strstr(option->val, password) == NULL;
    if (is_telling)
        memcpy(out, password, strlen(password) + 1);
    PQconninfoFree(options);
}

static void check_printed(const struct config *config)
{
    char password[LINE_BYTES];
    char *with = NULL, *without = NULL;
    size_t with_bytes, without_bytes;
    find_password(config->database_url, password);
    struct config bare = *config;
    bare.database_url = "";
    FILE *out = open_memstream(&with, &with_bytes);
    config_print(config, out);
    fclose(out);
    out = open_memstream(&without, &without_bytes);
    config_print(&bare, out);
    fclose(out);
    assert(password[0] == '\0' || strstr(with, password) == NULL || strstr(without, password) != NULL);
    free(with);
    free(without);
}

/* The setting of that name, or any. */
static const char *find_name(struct span name)
{
    for (size_t i = 0; i < NAMES; i++)
        if (span_equal(span_of(names[i]), name))
            return names[i];
    return names[name.length % NAMES];
}

void fuzz_settings(struct span input)
{
    struct config config;
    char text[LINE_BYTES];
    for (size_t i = 0; i < NAMES; i++)
        unsetenv(names[i]);
    while (input.length > 0) {
        struct span value = fuzz_take_part(&input, '\n');
        const char *name = find_name(fuzz_take_part(&value, '='));
        if (value.length >= sizeof text || (value.length > 0 && memchr(value.bytes, '\0', value.length) != NULL))
            continue;
        memcpy(text, value.length == 0 ? "" : value.bytes, value.length);
        text[value.length] = '\0';
        setenv(name, text, 1);
    }
    if (config_read(&config)) {
        check_printed(&config);
        if (config_check_mode(&config) && config_is_production(&config))
            assert(config.test_clock[0] == '\0' && config.database_url[0] != '\0');
    }
}
