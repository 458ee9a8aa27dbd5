/* Records a look at somebody else's data in the transaction that reads it (DESIGN.md §7). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"

/* Puts audit_look in front of the bound call and moves both to the slow lane: the reply leaves after their commit. */
void look_prepend(struct exchange *exchange);
