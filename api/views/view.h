/* What a citizen sees of another person's account by that person's leave (docs/delegated-view.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* In bind, before access_ask: whether a citizen asks for an account that is not their own, which takes a grant. */
bool view_is_asked(const struct request *request, struct uuid account_id);
/*
 * Binds what the viewed_* statements have behind the parameters that they share with those of people's own: five from
 * `first` on. They have no row without a grant in force, and record the look themselves; access_may_see lets their rows
 * pass.
 */
void view_bind(struct request *request, struct call *call, struct uuid account_id, int first);

/* The viewed_* statement's columns are those of the other one, which render reads. */
#define VIEW_SAME_COLUMNS(VIEWED, OWN, LAST)                                                                           \
    _Static_assert((int)VIEWED##_COLUMN_##LAST == (int)OWN##_COLUMN_##LAST, "their columns must be the same")
