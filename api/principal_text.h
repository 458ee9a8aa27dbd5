/* Kinds, roles and regions of principals as the contract names them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/json_writer.h"

struct span principal_kind_text(enum principal_kind kind);
/* False for a text that names no kind of token. */
bool principal_kind_parse(struct span text, enum principal_kind *kind);
/* As arrays. */
void principal_write_roles(struct json_writer *writer, const struct principal *principal);
void principal_write_regions(struct json_writer *writer, const struct principal *principal);
