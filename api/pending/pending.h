/* What is in flight, as lists show it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* One page of a statement with the columns of account_pending, those of the charge left out where there is none. */
enum problem pending_write_page(struct request *request, const struct rows *rows, struct reply *reply);
