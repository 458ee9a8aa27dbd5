/* Fills the parameters of one statement call; a wrong type or index is a bug and stops the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/statement.h"
#include <assert.h>

void call_init(struct call *call, enum statement statement)
{
    call->statement = statement;
    for (int i = 0; i < statement_infos[statement].params_count; i++)
        call->values[i].is_null = true;
}

static struct value *value_at(struct call *call, int param, enum value_type type)
{
    const struct statement_info *info = &statement_infos[call->statement];
    assert(param >= 0 && param < info->params_count);
    assert(info->params[param] == type);
    call->values[param].is_null = false;
    return &call->values[param];
}

void call_bool(struct call *call, int param, bool value)
{
    value_at(call, param, VALUE_BOOL)->number = value;
}

void call_int(struct call *call, int param, int64_t value)
{
    enum value_type type = statement_infos[call->statement].params[param];
    assert(type == VALUE_INT2 || type == VALUE_INT4 || type == VALUE_INT8);
    assert(type != VALUE_INT2 || (value >= INT16_MIN && value <= INT16_MAX));
    assert(type != VALUE_INT4 || (value >= INT32_MIN && value <= INT32_MAX));
    value_at(call, param, type)->number = value;
}

void call_text(struct call *call, int param, struct span value)
{
    value_at(call, param, VALUE_TEXT)->bytes = value;
}

void call_bytea(struct call *call, int param, struct span value)
{
    value_at(call, param, VALUE_BYTEA)->bytes = value;
}

void call_uuid(struct call *call, int param, struct uuid value)
{
    value_at(call, param, VALUE_UUID)->uuid = value;
}

void call_date(struct call *call, int param, int32_t days)
{
    value_at(call, param, VALUE_DATE)->number = days;
}

void call_instant(struct call *call, int param, int64_t instant_us)
{
    value_at(call, param, VALUE_INSTANT)->number = instant_us;
}
