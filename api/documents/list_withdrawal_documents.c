/* GET /v1/withdrawals/{withdrawal_id}/documents: what was handed in for a withdrawal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/reading.h"

static enum problem bind(struct request *request, struct call *call)
{
    return document_list_bind(request, SPAN("withdrawal"), request->args[LIST_WITHDRAWAL_DOCUMENTS_WITHDRAWAL_ID].uuid,
                              call);
}

const struct handler list_withdrawal_documents_handler = {.bind = bind, .render = document_list_render};
