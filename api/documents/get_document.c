/* GET /v1/documents/{document_id}: what is known of a document, without its bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/documents/shown.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid document_id = request->args[GET_DOCUMENT_DOCUMENT_ID].uuid;
    call_init(call, STATEMENT_DOCUMENT_GET);
    call_int(call, DOCUMENT_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(document_id));
    call_uuid(call, DOCUMENT_GET_PARAM_DOCUMENT_ID, document_id);
    access_bind_visible(request, call, DOCUMENT_GET_PARAM_VISIBLE);
    return access_ask(request, document_id);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(document_fields, DOCUMENT_FIELDS, rows, reply);
}

const struct handler get_document_handler = {.bind = bind, .render = render};
