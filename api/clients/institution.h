/* The institution that a client of kind provider is. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* A letter, then 5 to 19 digits and letters, capitals all of them. */
bool institution_code_is_valid(struct span code);
/* In bind: the argument's fault where the code, when it is there, has another form. */
void institution_check_code(struct request *request, int code_arg);
