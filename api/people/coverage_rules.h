/* Rows of coverage_rules: as rules, and as the numbers that a reply names. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"
#include "server/json_writer.h"
#include "server/pg/statement.h"

struct coverage_employee_rule coverage_employee_rule_of(const struct rows *rows, int row);
struct coverage_resident_rule coverage_resident_rule_of(const struct rows *rows, int row, struct span exempt_group);
/* The rule as an object: where it comes from, since when it holds, and its numbers. */
void coverage_write_rule(struct json_writer *writer, const struct rows *rows, int row, enum coverage_scheme scheme);
