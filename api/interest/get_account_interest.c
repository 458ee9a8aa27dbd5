/* GET /v1/accounts/{account_id}/interest: the interest of a year, posted or estimated, and how it comes about. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field head[] = {
    {"account_id", ACCOUNT_INTEREST_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", ACCOUNT_INTEREST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"from", ACCOUNT_INTEREST_COLUMN_YEAR_FROM, FIELD_PLAIN},
    {"to", ACCOUNT_INTEREST_COLUMN_YEAR_TO, FIELD_PLAIN},
    {"posted", ACCOUNT_INTEREST_COLUMN_IS_POSTED, FIELD_PLAIN},
    {"interest_fen", ACCOUNT_INTEREST_COLUMN_INTEREST_FEN, FIELD_PLAIN},
};

static const struct field period[] = {
    {"from", ACCOUNT_INTEREST_COLUMN_PERIOD_FROM, FIELD_PLAIN},
    {"to", ACCOUNT_INTEREST_COLUMN_PERIOD_TO, FIELD_PLAIN},
    {"posted", ACCOUNT_INTEREST_COLUMN_PERIOD_POSTED, FIELD_PLAIN},
    {"posted_at", ACCOUNT_INTEREST_COLUMN_POSTED_AT, FIELD_PLAIN},
    {"year_end", ACCOUNT_INTEREST_COLUMN_IS_YEAR_END, FIELD_PLAIN},
    {"bears_interest", ACCOUNT_INTEREST_COLUMN_BEARS_INTEREST, FIELD_PLAIN},
    {"reason", ACCOUNT_INTEREST_COLUMN_REASON, FIELD_PLAIN},
    {"day_count_basis", ACCOUNT_INTEREST_COLUMN_DAY_COUNT_BASIS, FIELD_PLAIN},
    {"rounding", ACCOUNT_INTEREST_COLUMN_ROUNDING, FIELD_PLAIN},
    {"current_year_interest_fen", ACCOUNT_INTEREST_COLUMN_CURRENT_YEAR_INTEREST_FEN, FIELD_PLAIN},
    {"carried_over_interest_fen", ACCOUNT_INTEREST_COLUMN_CARRIED_OVER_INTEREST_FEN, FIELD_PLAIN},
    {"carried_fen", ACCOUNT_INTEREST_COLUMN_CARRIED_FEN, FIELD_PLAIN},
    {"current_year_entry_id", ACCOUNT_INTEREST_COLUMN_CURRENT_YEAR_ENTRY_ID, FIELD_PLAIN},
    {"carried_over_entry_id", ACCOUNT_INTEREST_COLUMN_CARRIED_OVER_ENTRY_ID, FIELD_PLAIN},
    {"year_end_in_entry_id", ACCOUNT_INTEREST_COLUMN_YEAR_END_IN_ENTRY_ID, FIELD_PLAIN},
    {"year_end_out_entry_id", ACCOUNT_INTEREST_COLUMN_YEAR_END_OUT_ENTRY_ID, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_INTEREST_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_INTEREST);
    call_int(call, ACCOUNT_INTEREST_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_INTEREST_PARAM_ACCOUNT_ID, account_id);
    call_int(call, ACCOUNT_INTEREST_PARAM_YEAR, request->args[GET_ACCOUNT_INTEREST_YEAR].number);
    call_date(call, ACCOUNT_INTEREST_PARAM_UNTIL, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_INTEREST_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_INTEREST_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(head), rows, 0);
    json_key(&writer, "year");
    json_int(&writer, request->args[GET_ACCOUNT_INTEREST_YEAR].number);
    json_key(&writer, "periods");
    json_array_open(&writer);
    for (int row = 0; row < rows->count && !row_is_null(rows, row, ACCOUNT_INTEREST_COLUMN_PERIOD_FROM); row++) {
        json_object_open(&writer);
        fields_write(&writer, FIELDS(period), rows, row);
        json_key(&writer, "segments");
        json_raw(&writer, row_text(rows, row, ACCOUNT_INTEREST_COLUMN_SEGMENTS));
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_account_interest_handler = {.bind = bind, .render = render};
