/* GET /v1/transfers/{transfer_id}/documents: what was handed in for a transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/reading.h"

static enum problem bind(struct request *request, struct call *call)
{
    return document_list_bind(request, SPAN("transfer"), request->args[LIST_TRANSFER_DOCUMENTS_TRANSFER_ID].uuid, call);
}

const struct handler list_transfer_documents_handler = {.bind = bind, .render = document_list_render};
