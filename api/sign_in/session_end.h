/* Signing out: what the two operations share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* Of every session, unless the caller binds one besides. */
void session_end_bind(struct request *request, struct call *call);
/* 204 or 404. */
enum problem session_end_render(struct request *request, const struct rows *rows, struct reply *reply);
