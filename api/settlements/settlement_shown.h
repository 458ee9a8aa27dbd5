/* How a settlement is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/list.h"

/*
 * Rows of settlement_view: the settlement, its pools, and differences where they are wanted. Its columns stand in one
 * order in every statement that has them, from `first` on.
 */
void settlement_write(struct json_writer *writer, const struct rows *rows, int first, bool with_differences);
