/* GET /v1/family-members/{family_member_id}/uses: every charge that a shared account has paid for a relative. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/member.h"
#include "api/list.h"
#include "api/sealed.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"share_id", FAMILY_USES_COLUMN_SHARE_ID, FIELD_PLAIN},
    {"charge_id", FAMILY_USES_COLUMN_CHARGE_ID, FIELD_PLAIN},
    {"charge_no", FAMILY_USES_COLUMN_CHARGE_NO, FIELD_PLAIN},
    {"state", FAMILY_USES_COLUMN_STATE, FIELD_PLAIN},
    {"usage", FAMILY_USES_COLUMN_USAGE, FIELD_PLAIN},
    {"item", FAMILY_USES_COLUMN_ITEM, FIELD_PLAIN},
    {"amount_fen", FAMILY_USES_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"captured_fen", FAMILY_USES_COLUMN_CAPTURED_FEN, FIELD_PLAIN},
    {"refunded_fen", FAMILY_USES_COLUMN_REFUNDED_FEN, FIELD_PLAIN},
    {"provider_id", FAMILY_USES_COLUMN_PROVIDER_ID, FIELD_PLAIN},
    {"institution_name", FAMILY_USES_COLUMN_INSTITUTION_NAME, FIELD_PLAIN},
    {"created_at", FAMILY_USES_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"business_date", FAMILY_USES_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"captured_on", FAMILY_USES_COLUMN_CAPTURED_ON, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid family_member_id = request->args[LIST_FAMILY_MEMBER_USES_FAMILY_MEMBER_ID].uuid;
    struct uuid before;
    struct page *page;
    if (request->principal.kind == PRINCIPAL_STAFF) { /* the statement knows which citizens are a side of it */
        access_ask(request, family_member_id);
    }
    enum problem problem =
        list_begin_newest(request, LIST_FAMILY_MEMBER_USES_LIMIT, LIST_FAMILY_MEMBER_USES_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_FAMILY_USES);
    call_int(call, FAMILY_USES_PARAM_PERSON_KEY, (int64_t)uuid_key(family_member_id));
    call_uuid(call, FAMILY_USES_PARAM_FAMILY_MEMBER_ID, family_member_id);
    member_bind_asker(request, call, FAMILY_USES_PARAM_ASKER_KEY, FAMILY_USES_PARAM_VISIBLE);
    call_date(call, FAMILY_USES_PARAM_DAY, clock_date_of(clock_business_us()));
    call_uuid(call, FAMILY_USES_PARAM_BEFORE, before);
    call_int(call, FAMILY_USES_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static bool write_use(struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    bool is_open = sealed_write_masked(request, writer, "payer_name_masked", "person.name",
                                       row_uuid(rows, row, FAMILY_USES_COLUMN_OWNER_ID),
                                       row_text(rows, row, FAMILY_USES_COLUMN_OWNER_NAME_SEALED), mask_name) &&
                   sealed_write_masked(request, writer, "beneficiary_name_masked", "person.name",
                                       row_uuid(rows, row, FAMILY_USES_COLUMN_MEMBER_ID),
                                       row_text(rows, row, FAMILY_USES_COLUMN_MEMBER_NAME_SEALED), mask_name);
    json_object_close(writer);
    return is_open;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    const struct page *page = request->state;
    int count = row_is_null(rows, 0, FAMILY_USES_COLUMN_SHARE_ID) ? 0 : rows->count;
    int shown = count > page->limit ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count = shown == 0 ? 0 : list_id_key(request, rows, shown - 1, FAMILY_USES_COLUMN_SHARE_ID, keys);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        if (!write_use(request, rows, row, &writer)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_array_close(&writer);
    enum problem problem = page_end(request, reply, &writer, page, count > shown, keys, keys_count);
    json_object_close(&writer);
    return problem;
}

const struct handler list_family_member_uses_handler = {.bind = bind, .render = render};
