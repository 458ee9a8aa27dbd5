/* Whose account pays a charge: named by its id, or by two numbers of one person. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* An account, or both numbers: else faults. */
void payer_check(struct request *request);
/* Binds the search by both numbers; `key` is that of the request, which may have been asked before. */
enum problem payer_search(struct request *request, struct span key, struct call *call);
