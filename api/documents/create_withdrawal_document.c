/* POST /v1/withdrawals/{withdrawal_id}/documents: a scan for a withdrawal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/receive.h"

static enum problem bind(struct request *request, struct call *call)
{
    static const struct document_receive_args args = {
        .object_kind = SPAN("withdrawal"),
        .object_id = CREATE_WITHDRAWAL_DOCUMENT_WITHDRAWAL_ID,
        .document_kind = CREATE_WITHDRAWAL_DOCUMENT_KIND,
    };
    (void)call;
    return document_receive_bind(request, &args);
}

const struct handler create_withdrawal_document_handler = {.bind = bind,
                                                           .work = document_receive_work,
                                                           .proceed = document_receive_proceed,
                                                           .render = document_receive_render};
