/* `yibaod config`: the settings in force, or the page that documents them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include <string.h>

static void print_usage(FILE *out)
{
    fputs("usage: yibaod config [--markdown]\n\n"
          "Prints each setting with its value, or with --markdown the page docs/configuration.md.\n"
          "Fails when the values do not fit the mode.\n",
          out);
}

int command_config(int argc, char **argv, const struct config *config)
{
    if (argc == 1) {
        config_print(config, stdout);
        return config_check_mode(config) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    }
    if (argc == 2 && strcmp(argv[1], "--markdown") == 0) {
        config_print_markdown(stdout);
        return EXIT_CODE_OK;
    }
    bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
    print_usage(is_asked_for ? stdout : stderr);
    return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}
