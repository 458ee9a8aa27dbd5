/* GET /v1/charge-rules: how accounts of a pool are charged today, and which level of the rules says so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "api/list.h"
#include "api/regions/public.h"
#include "server/clock.h"

static const struct field pool_fields[] = {
    {"pool_code", CHARGE_RULES_COLUMN_POOL_CODE, FIELD_PLAIN},
};

static const struct field rule_fields[] = {
    {"pays_first", CHARGE_RULES_COLUMN_PAYS_FIRST, FIELD_PLAIN},
    {"account_day_limit_fen", CHARGE_RULES_COLUMN_ACCOUNT_DAY_LIMIT_FEN, FIELD_PLAIN},
    {"provider_day_limit_fen", CHARGE_RULES_COLUMN_PROVIDER_DAY_LIMIT_FEN, FIELD_PLAIN},
    {"hold_max_hours", CHARGE_RULES_COLUMN_HOLD_MAX_HOURS, FIELD_PLAIN},
    {"shows_balance", CHARGE_RULES_COLUMN_SHOWS_BALANCE, FIELD_PLAIN},
    {"payer_order", CHARGE_RULES_COLUMN_PAYER_ORDER, FIELD_WORDS},
    {"region_code", CHARGE_RULES_COLUMN_RULE_REGION_CODE, FIELD_PLAIN},
    {"effective_from", CHARGE_RULES_COLUMN_EFFECTIVE_FROM, FIELD_PLAIN},
    {"source", CHARGE_RULES_COLUMN_RULE_SOURCE, FIELD_PLAIN},
};

static const struct field usage_fields[] = {
    {"institution_type", CHARGE_RULES_COLUMN_INSTITUTION_TYPE, FIELD_PLAIN},
    {"usage", CHARGE_RULES_COLUMN_USAGE, FIELD_PLAIN},
    {"allowed", CHARGE_RULES_COLUMN_IS_ALLOWED, FIELD_PLAIN},
    {"region_code", CHARGE_RULES_COLUMN_USAGE_REGION_CODE, FIELD_PLAIN},
    {"source", CHARGE_RULES_COLUMN_USAGE_SOURCE, FIELD_PLAIN},
};

static const struct list usages = {
    .fields = usage_fields, .fields_count = sizeof usage_fields / sizeof *usage_fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CHARGE_RULES);
    call_text(call, CHARGE_RULES_PARAM_REGION_CODE, request->args[GET_CHARGE_RULES_REGION].text);
    call_date(call, CHARGE_RULES_PARAM_DAY, clock_date_of(clock_business_us()));
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
    fields_write(&writer, FIELDS(pool_fields), rows, 0);
    json_key(&writer, "rule");
    fields_write_object(&writer, FIELDS(rule_fields), rows, 0);
    list_write_array(&usages, "usages", rows, rows->count, &writer);
    json_object_close(&writer);
    const char *etag = etag_of_body(request, reply, false);
    if (etag == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    public_cache(reply);
    etag_answers(request, reply, etag);
    return PROBLEM_NONE;
}

const struct handler get_charge_rules_handler = {.bind = bind, .render = render};
