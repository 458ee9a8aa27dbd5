/* How a job is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/json_writer.h"
#include "server/pg/statement.h"

/* A row of job_get or job_list, as an object. */
void job_write(struct json_writer *writer, const struct rows *rows, int row);
