/* What capturing, voiding and refunding a charge have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/change.h"
#include "api/charges/payers.h"
#include "api/fields.h"

_Static_assert((int)CHARGE_CAPTURE_COLUMN_STATUS == (int)CHARGE_VOID_COLUMN_STATUS &&
                   (int)CHARGE_CAPTURE_COLUMN_CHARGE_ID == (int)CHARGE_VOID_COLUMN_CHARGE_ID &&
                   (int)CHARGE_CAPTURE_COLUMN_PAYERS == (int)CHARGE_VOID_COLUMN_PAYERS,
               "charge_capture and charge_void differ");

static const struct field fields[] = {
    {"charge_id", CHARGE_CAPTURE_COLUMN_CHARGE_ID, FIELD_PLAIN},
    {"account_id", CHARGE_CAPTURE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"charge_no", CHARGE_CAPTURE_COLUMN_CHARGE_NO, FIELD_PLAIN},
    {"state", CHARGE_CAPTURE_COLUMN_STATE, FIELD_PLAIN},
    {"amount_fen", CHARGE_CAPTURE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"captured_fen", CHARGE_CAPTURE_COLUMN_CAPTURED_FEN, FIELD_PLAIN},
    {"current_year_fen", CHARGE_CAPTURE_COLUMN_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_fen", CHARGE_CAPTURE_COLUMN_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"refunded_fen", CHARGE_CAPTURE_COLUMN_REFUNDED_FEN, FIELD_PLAIN},
    {"usage", CHARGE_CAPTURE_COLUMN_USAGE, FIELD_PLAIN},
    {"item", CHARGE_CAPTURE_COLUMN_ITEM, FIELD_PLAIN},
    {"expires_at", CHARGE_CAPTURE_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"created_at", CHARGE_CAPTURE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"business_date", CHARGE_CAPTURE_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"captured_on", CHARGE_CAPTURE_COLUMN_CAPTURED_ON, FIELD_PLAIN},
    {"changed_at", CHARGE_CAPTURE_COLUMN_CHANGED_AT, FIELD_PLAIN},
    {"provider_id", CHARGE_CAPTURE_COLUMN_PROVIDER_ID, FIELD_PLAIN},
    {"institution_name", CHARGE_CAPTURE_COLUMN_INSTITUTION_NAME, FIELD_PLAIN},
    {"region_code", CHARGE_CAPTURE_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"balance_after_fen", CHARGE_CAPTURE_COLUMN_BALANCE_AFTER_FEN, FIELD_PLAIN},
    {"payers", CHARGE_CAPTURE_COLUMN_PAYERS, FIELD_JSON},
};

enum problem change_begin(struct request *request, int charge_arg, int key_arg, int dry_run_arg, struct money **money)
{
    *money = arena_alloc(request->arena, sizeof **money);
    if (*money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = money_begin(request, key_arg, dry_run_arg, *money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    request->state = *money;
    request->look = request->is_dry_run;
    request->look_object_id = request->args[charge_arg].uuid;
    request->look_person_key = uuid_key(request->look_object_id);
    return PROBLEM_NONE;
}

bool change_is_shared(struct request *request, const struct rows *rows, enum statement plain, int status)
{
    bool is_shared = rows->statement == plain && payers_are_more(row_text(rows, 0, status));
    if (is_shared) {
        money_now(request->state);
    }
    return is_shared;
}

enum problem change_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = money_outcome(request, row_text(rows, 0, CHARGE_CAPTURE_COLUMN_STATUS),
                                         row_bool(rows, 0, CHARGE_CAPTURE_COLUMN_IS_REPLAYED), reply);
    if (problem == PROBLEM_NONE) {
        fields_write_body(FIELDS(fields), rows, reply);
    }
    return problem;
}
