/* The documents of one transfer or withdrawal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/reading.h"
#include "api/access.h"
#include "api/documents/shown.h"
#include "api/list.h"

static const struct list list = {
    .fields = document_fields, .fields_count = DOCUMENT_FIELDS, .presence = DOCUMENT_LIST_COLUMN_DOCUMENT_ID};

enum problem document_list_bind(struct request *request, struct span object_kind, struct uuid object_id,
                                struct call *call)
{
    call_init(call, STATEMENT_DOCUMENT_LIST);
    call_text(call, DOCUMENT_LIST_PARAM_OBJECT_KIND, object_kind);
    call_int(call, DOCUMENT_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(object_id));
    call_uuid(call, DOCUMENT_LIST_PARAM_OBJECT_ID, object_id);
    access_bind_visible(request, call, DOCUMENT_LIST_PARAM_VISIBLE);
    return access_ask(request, object_id);
}

enum problem document_list_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return list_write_found(&list, rows, reply);
}
