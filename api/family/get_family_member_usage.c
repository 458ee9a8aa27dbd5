/* GET /v1/family-members/{family_member_id}/usage: what one member has used in a year, for both sides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/member.h"
#include "api/family/usage.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid family_member_id = request->args[GET_FAMILY_MEMBER_USAGE_FAMILY_MEMBER_ID].uuid;
    if (request->principal.kind == PRINCIPAL_STAFF) { /* the statement knows which citizens are a side of it */
        access_ask(request, family_member_id);
    }
    call_init(call, STATEMENT_FAMILY_USAGE_OF_MEMBER);
    call_int(call, FAMILY_USAGE_OF_MEMBER_PARAM_PERSON_KEY, (int64_t)uuid_key(family_member_id));
    call_uuid(call, FAMILY_USAGE_OF_MEMBER_PARAM_FAMILY_MEMBER_ID, family_member_id);
    member_bind_asker(request, call, FAMILY_USAGE_OF_MEMBER_PARAM_ASKER_KEY, FAMILY_USAGE_OF_MEMBER_PARAM_VISIBLE);
    call_date(call, FAMILY_USAGE_OF_MEMBER_PARAM_DAY, clock_date_of(clock_business_us()));
    return usage_bind_year(request, GET_FAMILY_MEMBER_USAGE_YEAR, call, FAMILY_USAGE_OF_MEMBER_PARAM_FIRST_DAY,
                           FAMILY_USAGE_OF_MEMBER_PARAM_LAST_DAY);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : usage_write(request, rows, 0, reply);
}

const struct handler get_family_member_usage_handler = {.bind = bind, .render = render};
