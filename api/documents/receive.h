/* Takes a document for a transfer or a withdrawal: judges it, seals it, and keeps it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

struct document_receive_args {
    struct span object_kind;
    int object_id, document_kind;
};

/* The four parts of such a handler; `work` is on a crypto thread. */
enum problem document_receive_bind(struct request *request, const struct document_receive_args *args);
bool document_receive_work(void *state);
enum problem document_receive_proceed(struct request *request, const struct rows *rows, struct call *call);
enum problem document_receive_render(struct request *request, const struct rows *rows, struct reply *reply);
