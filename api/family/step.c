/* What accepting, refusing, cancelling, limiting and ending have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/step.h"
#include "api/family/member.h"
#include "api/family/notice.h"
#include "api/states.h"

#define SAME(other)                                                                                                    \
    _Static_assert((int)FAMILY_MEMBER_ACCEPT_PARAM_WAIT == (int)FAMILY_MEMBER_##other##_PARAM_WAIT &&                  \
                       (int)FAMILY_MEMBER_ACCEPT_COLUMN_GUARDIAN_NAME_SEALED ==                                        \
                           (int)FAMILY_MEMBER_##other##_COLUMN_GUARDIAN_NAME_SEALED,                                   \
                   "statements of steps differ")
SAME(REFUSE);
SAME(CANCEL);
SAME(CHANGE);
SAME(END);

static enum notice notice_of(const struct request *request, enum statement statement)
{
    if (statement == STATEMENT_FAMILY_MEMBER_ACCEPT) {
        return NOTICE_MEMBER_ADDED;
    }
    return request->principal.kind == PRINCIPAL_STAFF ? NOTICE_BY_STAFF : NOTICE_NONE;
}

enum problem step_bind(struct request *request, enum statement statement, int id_arg, int key_arg, struct call *call)
{
    struct uuid family_member_id = request->args[id_arg].uuid;
    uint64_t owner_key = uuid_key(family_member_id);
    struct money money;
    enum problem problem = money_begin(request, key_arg, -1, &money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char *key_hash = arena_copy(request->arena, money_content(&money));
    if (key_hash == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, statement);
    call_uuid(call, FAMILY_MEMBER_ACCEPT_PARAM_FAMILY_MEMBER_ID, family_member_id);
    call_int(call, FAMILY_MEMBER_ACCEPT_PARAM_PERSON_KEY, (int64_t)owner_key);
    member_bind_asker(request, call, FAMILY_MEMBER_ACCEPT_PARAM_ASKER_KEY, FAMILY_MEMBER_ACCEPT_PARAM_VISIBLE);
    call_uuid(call, FAMILY_MEMBER_ACCEPT_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_instant(call, FAMILY_MEMBER_ACCEPT_PARAM_INSTANT, money.instant_us);
    call_instant(call, FAMILY_MEMBER_ACCEPT_PARAM_REAL_INSTANT, money.real_us);
    call_text(call, FAMILY_MEMBER_ACCEPT_PARAM_KEY, money.key);
    call_bytea(call, FAMILY_MEMBER_ACCEPT_PARAM_CONTENT_HASH,
               (struct span){.bytes = key_hash, .length = sizeof money.content_hash});
    call_uuid(call, FAMILY_MEMBER_ACCEPT_PARAM_EVENT_ID, uuid_make(owner_key));
    call_text(call, FAMILY_MEMBER_ACCEPT_PARAM_REQUEST_ID, span_of(request->request_id));
    return notice_bind(request, notice_of(request, statement), FAMILY_MEMBER_ACCEPT_PARAM_OUTBOX_ID,
                       FAMILY_MEMBER_ACCEPT_PARAM_PAYLOAD, call)
               ? PROBLEM_NONE
               : PROBLEM_INTERNAL_ERROR;
}

enum problem step_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {
        .status = FAMILY_MEMBER_ACCEPT_COLUMN_STATUS,
        .is_replayed = FAMILY_MEMBER_ACCEPT_COLUMN_IS_REPLAYED,
        .state = FAMILY_MEMBER_ACCEPT_COLUMN_REFUSED_STATE,
        .possible = FAMILY_MEMBER_ACCEPT_COLUMN_REFUSED_POSSIBLE,
    };
    enum problem problem = state_outcome(request, rows, &columns, reply);
    return problem == PROBLEM_NONE
               ? member_write_body(request, rows, FAMILY_MEMBER_ACCEPT_COLUMN_FAMILY_MEMBER_ID, reply)
               : problem;
}
