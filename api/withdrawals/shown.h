/* How a withdrawal is shown to the person and to staff: the schema Withdrawal. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* The row as an object; false when a seal does not open. */
bool withdrawal_write(struct request *request, const struct rows *rows, int row, struct json_writer *writer);
/* What withdrawal_list is asked for words in. */
struct span withdrawal_language(const struct request *request);
