/* Reads the binary columns of a result; a wrong type or index is a bug and stops the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/statement.h"
#include "server/pg/wire.h"
#include <assert.h>
#include <libpq-fe.h>

static const char *cell(const struct rows *rows, int row, int column, enum value_type type)
{
    const struct statement_info *info = &statement_infos[rows->statement];
    assert(row >= 0 && row < rows->count);
    assert(column >= 0 && column < info->columns_count && info->columns[column] == type);
    return PQgetvalue(rows->result, rows->first + row, column);
}

bool row_is_null(const struct rows *rows, int row, int column)
{
    assert(row >= 0 && row < rows->count);
    return PQgetisnull(rows->result, rows->first + row, column) != 0;
}

bool row_bool(const struct rows *rows, int row, int column)
{
    return cell(rows, row, column, VALUE_BOOL)[0] != 0;
}

static int64_t read_number(const char *bytes, int width_bytes)
{
    uint64_t wire = 0;
    memcpy((char *)&wire + (8 - width_bytes), bytes, (size_t)width_bytes);
    int shift = 64 - 8 * width_bytes;
    return (int64_t)(be64toh(wire) << shift) >> shift;
}

int64_t row_int(const struct rows *rows, int row, int column)
{
    enum value_type type = statement_infos[rows->statement].columns[column];
    assert(type == VALUE_INT2 || type == VALUE_INT4 || type == VALUE_INT8);
    const char *bytes = cell(rows, row, column, type);
    if (row_is_null(rows, row, column))
        return 0;
    return read_number(bytes, PQgetlength(rows->result, rows->first + row, column));
}

struct span row_text(const struct rows *rows, int row, int column)
{
    enum value_type type = statement_infos[rows->statement].columns[column];
    assert(type == VALUE_TEXT || type == VALUE_BYTEA);
    const char *bytes = cell(rows, row, column, type);
    return (struct span){.bytes = bytes, .length = (size_t)PQgetlength(rows->result, rows->first + row, column)};
}

struct uuid row_uuid(const struct rows *rows, int row, int column)
{
    struct uuid id = {0};
    const char *bytes = cell(rows, row, column, VALUE_UUID);
    if (!row_is_null(rows, row, column))
        memcpy(id.bytes, bytes, sizeof id.bytes);
    return id;
}

int32_t row_date(const struct rows *rows, int row, int column)
{
    const char *bytes = cell(rows, row, column, VALUE_DATE);
    return row_is_null(rows, row, column) ? 0 : (int32_t)read_number(bytes, 4) + WIRE_EPOCH_DAYS;
}

int64_t row_instant(const struct rows *rows, int row, int column)
{
    const char *bytes = cell(rows, row, column, VALUE_INSTANT);
    return row_is_null(rows, row, column) ? 0 : read_number(bytes, 8) + WIRE_EPOCH_US;
}
