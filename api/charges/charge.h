/* How a charge is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"

/* Of a row of charge_get or charge_list. */
extern const struct field charge_fields[];
extern const size_t charge_fields_count;
