/* Reads the arguments that come in a JSON body. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* `seen[i]` is set for each argument that was there, right or not. PROBLEM_NONE also when faults were added. */
enum problem arguments_read_body(struct request *request, bool *seen);

/* Adds a fault about a name that a caller made up: shown as JSON pointer when it is plain text, else left out. */
void arguments_fault_name(struct request *request, enum arg_place place, struct span name, const char *code);
