/* `yibaod token`: makes, lists and revokes access tokens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/token/token.h"
#include "cli/commands.h"
#include <string.h>

static void print_usage(FILE *out)
{
    fputs("usage: yibaod token create --kind staff --role ROLE… --region CODE… [--subject UUID] [--label TEXT] "
          "[--expires WHEN]\n"
          "       yibaod token create --kind client --subject CLIENT_ID [--label TEXT] [--expires WHEN]\n"
          "       yibaod token create --kind citizen --subject PERSON_ID --expires WHEN [--label TEXT]\n"
          "       yibaod token list [--kind KIND] [--subject UUID]\n"
          "       yibaod token revoke TOKEN_ID\n\n"
          "ROLE is operator, reviewer, policy, security or auditor. CODE is a pool, XX0000 for a province, 000000 for\n"
          "everywhere. Both may be given several times. WHEN is an instant (2026-07-01T00:00:00+08:00) or a span from "
          "now\n"
          "(30m, 12h, 90d). The new token is printed once, alone, on standard output; only a hash of it is kept.\n",
          out);
}

int command_token(int argc, char **argv, const struct config *config)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return EXIT_CODE_OK;
    }
    enum exit_code code = EXIT_CODE_USAGE;
    if (argc >= 2 && strcmp(argv[1], "create") == 0) {
        code = token_create_command(argc - 1, argv + 1, config);
    } else if (argc >= 2 && strcmp(argv[1], "list") == 0) {
        code = token_list_command(argc - 1, argv + 1, config);
    } else if (argc >= 2 && strcmp(argv[1], "revoke") == 0) {
        code = token_revoke_command(argc - 1, argv + 1, config);
    }
    if (code == EXIT_CODE_USAGE) {
        print_usage(stderr);
    }
    return (int)code;
}
