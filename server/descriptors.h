/* Divides the descriptors the system grants between clients and the program itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"

/*
 * Raises the soft limit of open files to the hard one, and lowers `connections_max` where that is still too few:
 * clients may take no descriptor that a connection to PostgreSQL would need to be made again. False with `error` when
 * there is no room for clients at all.
 */
bool descriptors_divide(struct config *config, unsigned reactors, const char **error);
