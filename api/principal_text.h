/* Roles and regions of principals as the contract names them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/json_writer.h"

/* As arrays. */
void principal_write_roles(struct json_writer *writer, const struct principal *principal);
void principal_write_regions(struct json_writer *writer, const struct principal *principal);
