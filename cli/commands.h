/* The subcommands of the one binary. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"

#define YIBAOD_VERSION "0.1.0"

/* What every subcommand returns to the shell. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,      /* it was understood but did not succeed; a line on stderr says why */
    EXIT_CODE_USAGE = 2,       /* unknown subcommand or option, or a wrong setting */
    EXIT_CODE_NO_FILE = 3,     /* only of an import for a job: its file is gone, or is not what was received */
    EXIT_CODE_UNPROVEN = 4,    /* only of an audit: it could not be completed, so it proves nothing */
    EXIT_CODE_TURNED_DOWN = 5, /* only of credits: who had to approve did not, or somebody has cancelled */
};

/* argv[0] is the subcommand's name. The settings have been read; config_check_mode is the caller's, where it matters.
 */
int command_serve(int argc, char **argv, const struct config *config);
int command_work(int argc, char **argv, const struct config *config);
int command_migrate(int argc, char **argv, const struct config *config);
int command_import(int argc, char **argv, const struct config *config);
int command_credits(int argc, char **argv, const struct config *config);
int command_token(int argc, char **argv, const struct config *config);
int command_audit(int argc, char **argv, const struct config *config);
int command_keys(int argc, char **argv, const struct config *config);
int command_config(int argc, char **argv, const struct config *config);
int command_health(int argc, char **argv, const struct config *config);
