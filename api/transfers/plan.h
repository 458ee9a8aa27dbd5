/* What a transfer would be, before anybody applies for it: dry runs of create_transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* The scheme to go to: employee where the request does not say. */
struct span transfer_to_scheme(const struct request *request);
enum problem transfer_plan_bind(struct request *request, struct uuid person_id, struct call *call);
enum problem transfer_plan_render(struct request *request, const struct rows *rows, struct reply *reply);
