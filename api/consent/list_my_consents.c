/* GET /v1/me/consents: whom I let see what, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"consent_id", ME_CONSENTS_COLUMN_CONSENT_ID, FIELD_PLAIN},
    {"client_id", ME_CONSENTS_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"client_name", ME_CONSENTS_COLUMN_CLIENT_NAME, FIELD_PLAIN},
    {"client_kind", ME_CONSENTS_COLUMN_CLIENT_KIND, FIELD_PLAIN},
    {"scopes", ME_CONSENTS_COLUMN_SCOPES, FIELD_WORDS},
    {"purpose", ME_CONSENTS_COLUMN_PURPOSE, FIELD_PLAIN},
    {"state", ME_CONSENTS_COLUMN_STATE, FIELD_PLAIN},
    {"granted_at", ME_CONSENTS_COLUMN_GRANTED_AT, FIELD_PLAIN},
    {"expires_at", ME_CONSENTS_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"revoked_at", ME_CONSENTS_COLUMN_REVOKED_AT, FIELD_PLAIN},
    {"last_used_at", ME_CONSENTS_COLUMN_LAST_USED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_MY_CONSENTS_LIMIT, LIST_MY_CONSENTS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ME_CONSENTS);
    call_int(call, ME_CONSENTS_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_uuid(call, ME_CONSENTS_PARAM_BEFORE_CONSENT_ID, before);
    call_instant(call, ME_CONSENTS_PARAM_AT, clock_real_us());
    call_int(call, ME_CONSENTS_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, ME_CONSENTS_COLUMN_CONSENT_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_my_consents_handler = {.bind = bind, .render = render};
