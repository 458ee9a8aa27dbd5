/* Findings as JSON: code, rule, where the rule comes from, the values used, and a sentence for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"
#include "server/http/request.h"
#include "server/json_writer.h"

/* "findings": […] into an object that is open. `row` is the row of coverage_rules that the findings come from. */
void coverage_write_findings(struct json_writer *writer, const struct request *request,
                             const struct coverage_findings *findings, const struct rows *rows, int row);
/* null, or YYYY-MM-DD and YYYY-MM. */
void coverage_write_date(struct json_writer *writer, const char *key, int32_t date);
void coverage_write_month(struct json_writer *writer, const char *key, int32_t month);
