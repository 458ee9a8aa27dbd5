/* What relatives have used of an account in a year, by member, month and use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/usage.h"
#include "api/fields.h"
#include "api/sealed.h"
#include "server/clock.h"

enum problem usage_bind_year(struct request *request, int year_arg, struct call *call, int first_day_param,
                             int last_day_param)
{
    int32_t *year = arena_alloc(request->arena, sizeof *year);
    int32_t month, day;
    if (year == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    date_to_civil(clock_date_of(clock_business_us()), year, &month, &day);
    if (request->args[year_arg].present) {
        *year = (int32_t)request->args[year_arg].number;
    }
    request->state = year;
    call_date(call, first_day_param, date_from_civil(*year, 1, 1));
    call_date(call, last_day_param, date_from_civil(*year, 12, 31));
    return PROBLEM_NONE;
}

static bool write_sum(struct request *request, const struct rows *rows, int row, int first, struct json_writer *writer)
{
    const struct field fields[] = {
        {"family_member_id", first + FAMILY_USAGE_OF_MEMBER_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN},
        {"relation", first + FAMILY_USAGE_OF_MEMBER_COLUMN_RELATION, FIELD_PLAIN},
        {"month", first + FAMILY_USAGE_OF_MEMBER_COLUMN_MONTH, FIELD_MONTH},
        {"usage", first + FAMILY_USAGE_OF_MEMBER_COLUMN_USAGE, FIELD_PLAIN},
        {"uses_count", first + FAMILY_USAGE_OF_MEMBER_COLUMN_USES_COUNT, FIELD_PLAIN},
        {"held_fen", first + FAMILY_USAGE_OF_MEMBER_COLUMN_HELD_FEN, FIELD_PLAIN},
        {"captured_fen", first + FAMILY_USAGE_OF_MEMBER_COLUMN_CAPTURED_FEN, FIELD_PLAIN},
        {"refunded_fen", first + FAMILY_USAGE_OF_MEMBER_COLUMN_REFUNDED_FEN, FIELD_PLAIN},
    };
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    json_key(writer, "net_fen");
    json_int(writer, row_int(rows, row, first + FAMILY_USAGE_OF_MEMBER_COLUMN_CAPTURED_FEN) -
                         row_int(rows, row, first + FAMILY_USAGE_OF_MEMBER_COLUMN_REFUNDED_FEN));
    bool is_open =
        sealed_write_masked(request, writer, "member_name_masked", "person.name",
                            row_uuid(rows, row, first + FAMILY_USAGE_OF_MEMBER_COLUMN_MEMBER_ID),
                            row_text(rows, row, first + FAMILY_USAGE_OF_MEMBER_COLUMN_MEMBER_NAME_SEALED), mask_name);
    json_object_close(writer);
    return is_open;
}

enum problem usage_write(struct request *request, const struct rows *rows, int first, struct reply *reply)
{
    const int32_t *year = request->state;
    bool is_open = true;
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "year");
    json_int(&writer, *year);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; is_open && row < rows->count; row++) {
        if (!row_is_null(rows, row, first + FAMILY_USAGE_OF_MEMBER_COLUMN_MONTH)) {
            is_open = write_sum(request, rows, row, first, &writer);
        }
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return is_open ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}
