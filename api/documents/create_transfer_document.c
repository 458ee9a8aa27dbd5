/* POST /v1/transfers/{transfer_id}/documents: a scan for a transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/receive.h"

static enum problem bind(struct request *request, struct call *call)
{
    static const struct document_receive_args args = {
        .object_kind = SPAN("transfer"),
        .object_id = CREATE_TRANSFER_DOCUMENT_TRANSFER_ID,
        .document_kind = CREATE_TRANSFER_DOCUMENT_KIND,
    };
    (void)call;
    return document_receive_bind(request, &args);
}

const struct handler create_transfer_document_handler = {.bind = bind,
                                                         .work = document_receive_work,
                                                         .proceed = document_receive_proceed,
                                                         .render = document_receive_render};
