/* GET /v1/admin/proposals: what waits for a decision and what was decided, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"proposal_id", PROPOSAL_LIST_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"kind", PROPOSAL_LIST_COLUMN_KIND, FIELD_PLAIN},
    {"person_id", PROPOSAL_LIST_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"object_id", PROPOSAL_LIST_COLUMN_OBJECT_ID, FIELD_PLAIN},
    {"region_code", PROPOSAL_LIST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"reason", PROPOSAL_LIST_COLUMN_REASON, FIELD_PLAIN},
    {"source_document", PROPOSAL_LIST_COLUMN_SOURCE_DOCUMENT, FIELD_PLAIN},
    {"state", PROPOSAL_LIST_COLUMN_STATE, FIELD_PLAIN},
    {"proposed_by", PROPOSAL_LIST_COLUMN_PROPOSED_BY, FIELD_PLAIN},
    {"proposed_at", PROPOSAL_LIST_COLUMN_PROPOSED_AT, FIELD_PLAIN},
    {"decided_by", PROPOSAL_LIST_COLUMN_DECIDED_BY, FIELD_PLAIN},
    {"decided_at", PROPOSAL_LIST_COLUMN_DECIDED_AT, FIELD_PLAIN},
    {"decision_reason", PROPOSAL_LIST_COLUMN_DECISION_REASON, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

/* Asking for one person's is a look at that person. */
static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *state = &request->args[LIST_PROPOSALS_STATE];
    const struct arg *kind = &request->args[LIST_PROPOSALS_KIND];
    const struct arg *person_id = &request->args[LIST_PROPOSALS_PERSON_ID];
    access_bind_visible(request, call, PROPOSAL_LIST_PARAM_VISIBLE);
    if (state->present) {
        call_text(call, PROPOSAL_LIST_PARAM_STATE, state->text);
    }
    if (kind->present) {
        call_text(call, PROPOSAL_LIST_PARAM_KIND, kind->text);
    }
    if (person_id->present) {
        call_int(call, PROPOSAL_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id->uuid));
        call_uuid(call, PROPOSAL_LIST_PARAM_PERSON_ID, person_id->uuid);
        request->look = true;
        request->look_person_key = uuid_key(person_id->uuid);
        request->look_object_id = person_id->uuid;
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_PROPOSALS_LIMIT, LIST_PROPOSALS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PROPOSAL_LIST);
    call_uuid(call, PROPOSAL_LIST_PARAM_BEFORE_PROPOSAL_ID, before);
    call_int(call, PROPOSAL_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    bind_filters(request, call);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, PROPOSAL_LIST_COLUMN_PROPOSAL_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_proposals_handler = {.bind = bind, .render = render};
