/* Records a look at somebody else's data in the transaction that reads it (docs/architecture.md 5). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct call;
struct exchange;
struct request;

/* Binds the audit row of a look by this request, as a call of its own: of a search that found nobody. */
void look_bind(const struct request *request, struct call *call);
/* Puts it in front of the bound call and moves both to the slow lane: the reply leaves after their commit. */
void look_prepend(struct exchange *exchange);
