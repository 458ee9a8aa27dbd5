/* Binds looks at somebody else's account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/views/view.h"
#include "server/clock.h"

bool view_is_asked(const struct request *request, struct uuid account_id)
{
    return request->principal.kind == PRINCIPAL_CITIZEN &&
           uuid_key(account_id) != uuid_key(request->principal.subject_id);
}

void view_bind(struct request *request, struct call *call, struct uuid account_id, int first)
{
    uint64_t owner_key = uuid_key(account_id);
    call_uuid(call, first, request->principal.subject_id);
    call_instant(call, first + 1, clock_real_us());
    call_text(call, first + 2, span_of(operation_infos[request->operation].name));
    call_uuid(call, first + 3, uuid_make(owner_key));
    call_text(call, first + 4, span_of(request->request_id));
    request->viewed_person_key = owner_key;
}
