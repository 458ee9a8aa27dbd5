/* Proposals in replies: what would change, with personal data opened and masked, and who decided what. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/*
 * For statements that have the columns of proposal_get (db/queries/proposal_get.sql): the whole answer by the status in
 * the first row. `done` and `proposed` show the proposal, the latter as 201 with Location; everything else is the
 * problem of that name.
 */
enum problem proposal_render(struct request *request, const struct rows *rows, struct reply *reply);
/* As above, for decisions: wakes the workers too, for an import may wait for this one. */
enum problem proposal_render_decided(struct request *request, const struct rows *rows, struct reply *reply);
/* Into an object of its own. */
bool proposal_write(struct request *request, const struct rows *rows, struct json_writer *writer);
