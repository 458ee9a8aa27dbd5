/* A family member, as the account's owner, the relative, a guardian and staff are shown it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/member.h"
#include "api/access.h"
#include "api/list.h"
#include "api/sealed.h"

static const struct field fields[] = {
    {"family_member_id", FAMILY_MEMBER_GET_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN},
    {"parts", FAMILY_MEMBER_GET_COLUMN_PARTS, FIELD_WORDS},
    {"account_id", FAMILY_MEMBER_GET_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", FAMILY_MEMBER_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"relation", FAMILY_MEMBER_GET_COLUMN_RELATION, FIELD_PLAIN},
    {"way", FAMILY_MEMBER_GET_COLUMN_WAY, FIELD_PLAIN},
    {"state", FAMILY_MEMBER_GET_COLUMN_STATE, FIELD_PLAIN},
    {"usages", FAMILY_MEMBER_GET_COLUMN_USAGES, FIELD_WORDS},
    {"charge_limit_fen", FAMILY_MEMBER_GET_COLUMN_CHARGE_LIMIT_FEN, FIELD_PLAIN},
    {"month_limit_fen", FAMILY_MEMBER_GET_COLUMN_MONTH_LIMIT_FEN, FIELD_PLAIN},
    {"year_limit_fen", FAMILY_MEMBER_GET_COLUMN_YEAR_LIMIT_FEN, FIELD_PLAIN},
    {"invited_at", FAMILY_MEMBER_GET_COLUMN_INVITED_AT, FIELD_PLAIN},
    {"invited_until", FAMILY_MEMBER_GET_COLUMN_INVITED_UNTIL, FIELD_PLAIN},
    {"activated_at", FAMILY_MEMBER_GET_COLUMN_ACTIVATED_AT, FIELD_PLAIN},
    {"ended_at", FAMILY_MEMBER_GET_COLUMN_ENDED_AT, FIELD_PLAIN},
    {"ends_not_before", FAMILY_MEMBER_GET_COLUMN_ENDS_NOT_BEFORE, FIELD_PLAIN},
    {"changed_at", FAMILY_MEMBER_GET_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"possible", FAMILY_MEMBER_GET_COLUMN_POSSIBLE, FIELD_WORDS},
};

#define FIELDS_COUNT (sizeof fields / sizeof *fields)

static const struct {
    const char *name;
    int id, sealed;
} people[] = {
    {"owner_name_masked", FAMILY_MEMBER_GET_COLUMN_OWNER_ID, FAMILY_MEMBER_GET_COLUMN_OWNER_NAME_SEALED},
    {"member_name_masked", FAMILY_MEMBER_GET_COLUMN_MEMBER_ID, FAMILY_MEMBER_GET_COLUMN_MEMBER_NAME_SEALED},
    {"guardian_name_masked", FAMILY_MEMBER_GET_COLUMN_GUARDIAN_ID, FAMILY_MEMBER_GET_COLUMN_GUARDIAN_NAME_SEALED},
};

static bool write_name(struct request *request, const struct rows *rows, int row, size_t person, int first,
                       struct json_writer *writer)
{
    if (row_is_null(rows, row, first + people[person].id)) {
        json_key(writer, people[person].name);
        json_null_value(writer);
        return true;
    }
    return sealed_write_masked(request, writer, people[person].name, "person.name",
                               row_uuid(rows, row, first + people[person].id),
                               row_text(rows, row, first + people[person].sealed), mask_name);
}

bool member_write(struct request *request, const struct rows *rows, int row, int first, struct json_writer *writer)
{
    struct field moved[FIELDS_COUNT];
    bool is_open = true;
    for (size_t i = 0; i < FIELDS_COUNT; i++) {
        moved[i] = fields[i];
        moved[i].column += first;
    }
    json_object_open(writer);
    fields_write(writer, moved, FIELDS_COUNT, rows, row);
    for (size_t i = 0; is_open && i < sizeof people / sizeof *people; i++) {
        is_open = write_name(request, rows, row, i, first, writer);
    }
    json_object_close(writer);
    return is_open;
}

enum problem member_write_body(struct request *request, const struct rows *rows, int first, struct reply *reply)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    return member_write(request, rows, 0, first, &writer) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

enum problem member_write_page(struct request *request, const struct rows *rows, int first, struct reply *reply)
{
    const struct page *page = request->state;
    int count = row_is_null(rows, 0, first) ? 0 : rows->count;
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct span keys[PAGE_KEYS] = {{0}};
    unsigned keys_count = shown == 0 ? 0 : list_id_key(request, rows, shown - 1, first, keys);
    bool is_open = true;
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; is_open && row < shown; row++) {
        is_open = member_write(request, rows, row, first, &writer);
    }
    json_array_close(&writer);
    if (!is_open) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = page_end(request, reply, &writer, page, has_more, keys, keys_count);
    json_object_close(&writer);
    return problem;
}

void member_bind_asker(struct request *request, struct call *call, int asker_param, int visible_param)
{
    if (request->principal.kind == PRINCIPAL_CITIZEN) {
        call_int(call, asker_param, (int64_t)uuid_key(request->principal.subject_id));
        return;
    }
    access_bind_visible(request, call, visible_param);
}
