/* What every statement that records an audit event needs to know of the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event.h"
#include "server/clock.h"

enum { EVENT_ID, AT, ACTOR_ID, REQUEST_ID };

struct uuid event_bind(const struct request *request, struct call *call, int first, uint64_t key)
{
    struct uuid event_id = uuid_make(key);
    call_uuid(call, first + EVENT_ID, event_id);
    call_instant(call, first + AT, clock_real_us());
    call_uuid(call, first + ACTOR_ID, request->principal.subject_id);
    call_text(call, first + REQUEST_ID, span_of(request->request_id));
    return event_id;
}

void event_bind_person(struct call *call, int first, struct uuid person_id)
{
    call_int(call, first, (int64_t)uuid_key(person_id));
    call_uuid(call, first + 1, person_id);
}
