/* Binds the audit row of a look. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/look.h"
#include "server/clock.h"
#include "server/http/exchange.h"

/* What was only tried is told apart. */
static struct span action_of(const struct request *request)
{
    const char *name = operation_infos[request->operation].name;
    const char *tried = request->is_dry_run ? arena_printf(request->arena, "%s.dry_run", name) : NULL;
    return span_of(tried == NULL ? name : tried);
}

void look_bind(const struct request *request, struct call *look)
{
    call_init(look, STATEMENT_AUDIT_LOOK);
    /* Ids of events about nobody are told apart by more than their time: other processes make some too. */
    uint64_t key = request->look_person_key != 0 ? request->look_person_key : uuid_random_key();
    call_uuid(look, AUDIT_LOOK_PARAM_EVENT_ID, uuid_make(key));
    call_instant(look, AUDIT_LOOK_PARAM_AT, clock_real_us());
    call_text(look, AUDIT_LOOK_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_uuid(look, AUDIT_LOOK_PARAM_ACTOR_ID, request->principal.subject_id);
    call_text(look, AUDIT_LOOK_PARAM_ACTION, action_of(request));
    call_text(look, AUDIT_LOOK_PARAM_REQUEST_ID, span_of(request->request_id));
    if (request->look_person_key != 0)
        call_int(look, AUDIT_LOOK_PARAM_PERSON_KEY, (int64_t)request->look_person_key);
    const struct uuid nothing = {{0}};
    if (!uuid_equal(request->look_object_id, nothing))
        call_uuid(look, AUDIT_LOOK_PARAM_OBJECT_ID, request->look_object_id);
    if (request->consent_person_key != 0)
        call_uuid(look, AUDIT_LOOK_PARAM_CONSENT_ID, request->consent_id);
}

void look_prepend(struct exchange *exchange)
{
    look_bind(&exchange->request, &exchange->look);
    exchange->task.before = &exchange->look;
    exchange->task.lane = LANE_SLOW;
}
