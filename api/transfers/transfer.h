/* How a transfer is shown, and who may see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "server/http/request.h"

/*
 * As an object, from a row whose columns from `first` on are those of transfer_get. False, after a line in the log,
 * when the bank card on it does not open.
 */
bool transfer_write(struct request *request, const struct rows *rows, int row, int first, struct json_writer *writer);
/* Whether the caller may see a transfer of that person between these pools: of both regions. */
bool transfer_may_see(const struct request *request, struct uuid person_id, struct span from_pool_code,
                      struct span to_pool_code);
