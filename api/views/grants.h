/* Grants to look at accounts, as lists show them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* One page of a statement with the columns of view_grant_account; the name is masked. */
enum problem grants_write_page(struct request *request, const struct rows *rows, struct reply *reply);
