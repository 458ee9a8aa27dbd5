/* GET /v1/credit-policies: what is credited in a region for a month, by which rules, and which level has them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "api/list.h"
#include "api/regions/public.h"
#include "server/clock.h"

static const struct field head[] = {
    {"pool_code", CREDIT_POLICIES_IN_FORCE_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"month", CREDIT_POLICIES_IN_FORCE_COLUMN_MONTH, FIELD_PLAIN},
};

static const struct field fields[] = {
    {"plan_code", CREDIT_POLICIES_IN_FORCE_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"found_in", CREDIT_POLICIES_IN_FORCE_COLUMN_REGION_CODE, FIELD_OBJECT},
    {"region_code", CREDIT_POLICIES_IN_FORCE_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"level", CREDIT_POLICIES_IN_FORCE_COLUMN_FOUND_LEVEL, FIELD_PLAIN},
    FIELD_OBJECT_END,
    {"policy_id", CREDIT_POLICIES_IN_FORCE_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"version", CREDIT_POLICIES_IN_FORCE_COLUMN_VERSION, FIELD_PLAIN},
    {"effective_from", CREDIT_POLICIES_IN_FORCE_COLUMN_EFFECTIVE_FROM, FIELD_PLAIN},
    {"plan_kind", CREDIT_POLICIES_IN_FORCE_COLUMN_PLAN_KIND, FIELD_PLAIN},
    {"period", CREDIT_POLICIES_IN_FORCE_COLUMN_PERIOD, FIELD_PLAIN},
    {"posting_month", CREDIT_POLICIES_IN_FORCE_COLUMN_POSTING_MONTH, FIELD_PLAIN},
    {"is_pro_rated", CREDIT_POLICIES_IN_FORCE_COLUMN_IS_PRO_RATED, FIELD_PLAIN},
    {"age_basis", CREDIT_POLICIES_IN_FORCE_COLUMN_AGE_BASIS, FIELD_PLAIN},
    {"base_fen", CREDIT_POLICIES_IN_FORCE_COLUMN_BASE_FEN, FIELD_PLAIN},
    {"is_complete", CREDIT_POLICIES_IN_FORCE_COLUMN_IS_COMPLETE, FIELD_PLAIN},
    {"tiers", CREDIT_POLICIES_IN_FORCE_COLUMN_TIERS, FIELD_JSON},
    {"deductions", CREDIT_POLICIES_IN_FORCE_COLUMN_DEDUCTIONS, FIELD_JSON},
    {"rounding", CREDIT_POLICIES_IN_FORCE_COLUMN_ROUNDING, FIELD_PLAIN},
    {"legal_basis", CREDIT_POLICIES_IN_FORCE_COLUMN_LEGAL_BASIS, FIELD_PLAIN},
    {"source", CREDIT_POLICIES_IN_FORCE_COLUMN_SOURCE, FIELD_PLAIN},
};

static const struct list list = {.fields = fields,
                                 .fields_count = sizeof fields / sizeof *fields,
                                 .presence = CREDIT_POLICIES_IN_FORCE_COLUMN_POLICY_ID};

/* The month that is asked for, or that the day is in; today's without either. */
static bool read_month(const struct arg *on, int32_t *month)
{
    int32_t year, month_of_year, day;
    int32_t date = clock_date_of(clock_business_us());
    if (on->present && month_parse(on->text, month)) {
        return true;
    }
    if (on->present && !date_parse(on->text, &date)) {
        return false;
    }
    date_to_civil(date, &year, &month_of_year, &day);
    *month = 12 * year + month_of_year - 1;
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    int32_t month;
    if (!read_month(&request->args[LIST_CREDIT_POLICIES_IN_FORCE_ON], &month)) {
        request_fault(request, ARG_QUERY, "on", "malformed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_CREDIT_POLICIES_IN_FORCE);
    call_text(call, CREDIT_POLICIES_IN_FORCE_PARAM_REGION_CODE,
              request->args[LIST_CREDIT_POLICIES_IN_FORCE_REGION].text);
    call_date(call, CREDIT_POLICIES_IN_FORCE_PARAM_MONTH, date_from_civil(month / 12, month % 12 + 1, 1));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        request_fault(request, ARG_QUERY, "region", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "region_code");
    json_text(&writer, request->args[LIST_CREDIT_POLICIES_IN_FORCE_REGION].text);
    fields_write(&writer, FIELDS(head), rows, 0);
    list_write_array(&list, "data", rows, list_count(&list, rows), &writer);
    json_object_close(&writer);
    const char *etag = etag_of_body(request, reply, false);
    if (etag == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    public_cache(reply);
    etag_answers(request, reply, etag);
    return PROBLEM_NONE;
}

const struct handler list_credit_policies_in_force_handler = {.bind = bind, .render = render};
