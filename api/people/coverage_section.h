/* What a statement of coverage says of one scheme, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/people/coverage_case.h"
#include "server/json_writer.h"

struct span coverage_status_text(enum coverage_status status);
/* One object; `rows` are those of coverage_rules. */
void coverage_write_section(struct json_writer *writer, const struct request *request, const struct coverage_case *one,
                            enum coverage_scheme scheme, const struct rows *rows);
