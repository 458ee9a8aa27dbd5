/* What the lists of documents share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

enum problem document_list_bind(struct request *request, struct span object_kind, struct uuid object_id,
                                struct call *call);
enum problem document_list_render(struct request *request, const struct rows *rows, struct reply *reply);
