/* Encodes statement parameters in PostgreSQL's binary form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/wire.h"
#include <assert.h>

uint32_t wire_oid(enum value_type type, bool array)
{
    switch (type) {
    case VALUE_BOOL:
        return array ? 1000 : 16;
    case VALUE_INT2:
        return array ? 1005 : 21;
    case VALUE_INT4:
        return array ? 1007 : 23;
    case VALUE_INT8:
        return array ? 1016 : 20;
    case VALUE_TEXT:
        return array ? 1009 : 25;
    case VALUE_BYTEA:
        return array ? 1001 : 17;
    case VALUE_UUID:
        return array ? 2951 : 2950;
    case VALUE_DATE:
        return array ? 1182 : 1082;
    case VALUE_INSTANT:
        return array ? 1185 : 1184;
    }
    __builtin_unreachable();
}

static bool column_fits(Oid found, enum value_type wanted)
{
    bool is_text_too = found == 1043 || found == 1042; /* varchar and bpchar look like text on the wire */
    return found == wire_oid(wanted, false) || (wanted == VALUE_TEXT && is_text_too);
}

bool wire_fits(const PGresult *result, enum statement statement)
{
    const struct statement_info *info = &statement_infos[statement];
    if (PQnfields(result) != info->columns_count)
        return false;
    for (int i = 0; i < info->columns_count; i++)
        if (!column_fits(PQftype(result, i), info->columns[i]))
            return false;
    return true;
}

static void append_be32(struct text *out, uint32_t value)
{
    uint32_t wire = htobe32(value);
    text_append(out, &wire, sizeof wire);
}

static void append_number(struct text *out, int64_t number, uint32_t width_bytes)
{
    uint64_t wire = htobe64((uint64_t)number);
    text_append(out, (const char *)&wire + (8 - width_bytes), width_bytes);
}

static uint32_t value_width(enum value_type type, const struct value *value)
{
    switch (type) {
    case VALUE_BOOL:
        return 1;
    case VALUE_INT2:
        return 2;
    case VALUE_INT4:
    case VALUE_DATE:
        return 4;
    case VALUE_INT8:
    case VALUE_INSTANT:
        return 8;
    case VALUE_UUID:
        return 16;
    case VALUE_TEXT:
    case VALUE_BYTEA:
        return (uint32_t)value->bytes.length;
    }
    __builtin_unreachable();
}

static void append_value(struct text *out, enum value_type type, const struct value *value)
{
    uint32_t width_bytes = value_width(type, value);
    switch (type) {
    case VALUE_UUID:
        text_append(out, value->uuid.bytes, width_bytes);
        return;
    case VALUE_TEXT:
    case VALUE_BYTEA:
        text_append(out, value->bytes.bytes, width_bytes);
        return;
    case VALUE_DATE:
        append_number(out, value->number - WIRE_EPOCH_DAYS, width_bytes);
        return;
    case VALUE_INSTANT:
        append_number(out, value->number - WIRE_EPOCH_US, width_bytes);
        return;
    case VALUE_BOOL:
    case VALUE_INT2:
    case VALUE_INT4:
    case VALUE_INT8:
        append_number(out, value->number, width_bytes);
        return;
    }
}

/* array: dimensions, has-null flag, element type, length, lower bound, then each element behind its length. */
static void append_array(struct text *out, enum value_type type, const struct call *const *calls, unsigned count,
                         int param)
{
    append_be32(out, 1);
    append_be32(out, 1);
    append_be32(out, wire_oid(type, false));
    append_be32(out, count);
    append_be32(out, 1);
    for (unsigned i = 0; i < count; i++) {
        const struct value *value = &calls[i]->values[param];
        append_be32(out, value->is_null ? UINT32_MAX : value_width(type, value));
        if (!value->is_null)
            append_value(out, type, value);
    }
}

bool wire_encode(struct wire_params *params, const struct call *const *calls, unsigned count)
{
    const struct statement_info *info = &statement_infos[calls[0]->statement];
    size_t offsets[LIMIT_STATEMENT_PARAMS];
    assert(count == 1 || info->mode == STATEMENT_SET);

    text_clear(&params->buffer);
    for (int i = 0; i < info->params_count; i++) {
        const struct value *value = &calls[0]->values[i];
        offsets[i] = params->buffer.length;
        params->formats[i] = 1;
        if (info->mode == STATEMENT_SET)
            append_array(&params->buffer, info->params[i], calls, count, i);
        else if (!value->is_null)
            append_value(&params->buffer, info->params[i], value);
        params->lengths[i] = (int)(params->buffer.length - offsets[i]);
    }
    if (params->buffer.failed)
        return false;
    for (int i = 0; i < info->params_count; i++) {
        bool is_null = info->mode == STATEMENT_SINGLE && calls[0]->values[i].is_null;
        /* An empty text must not look like NULL: any non-NULL pointer will do. */
        const char *base = params->buffer.bytes == NULL ? "" : params->buffer.bytes;
        params->values[i] = is_null ? NULL : base + offsets[i];
    }
    return true;
}
