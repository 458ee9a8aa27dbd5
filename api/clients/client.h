/* A registered client as replies show it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* Binds client_get for what the principal's regions cover. */
void client_bind_get(struct request *request, struct uuid client_id, struct call *call);
/* Of client_get's rows; PROBLEM_NOT_FOUND when there are none. */
enum problem client_render(struct request *request, const struct rows *rows, struct reply *reply);
