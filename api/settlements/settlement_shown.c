/* Writes a settlement: both sides, what differs, and what each pool owes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/settlement_shown.h"

/* Columns of settlement_view, counted from its first. */
#define AT(name) (SETTLEMENT_GET_COLUMN_##name - SETTLEMENT_GET_COLUMN_PART)
#define FIELDS_MAX 9

static const struct field head[] = {
    {"settlement_id", AT(SETTLEMENT_ID), FIELD_PLAIN},
    {"provider_id", AT(PROVIDER_ID), FIELD_PLAIN},
    {"provider_name", AT(PROVIDER_NAME), FIELD_PLAIN},
    {"institution_code", AT(INSTITUTION_CODE), FIELD_PLAIN},
    {"business_date", AT(BUSINESS_DATE), FIELD_PLAIN},
    {"attempt", AT(ATTEMPT), FIELD_PLAIN},
    {"state", AT(STATE), FIELD_PLAIN},
    {"created_at", AT(CREATED_AT), FIELD_PLAIN},
    {"payable_fen", AT(PAYABLE_FEN), FIELD_PLAIN},
};
static const struct field stated[] = {
    {"charges_count", AT(STATED_CHARGES_COUNT), FIELD_PLAIN},
    {"charges_fen", AT(STATED_CHARGES_FEN), FIELD_PLAIN},
    {"refunds_count", AT(STATED_REFUNDS_COUNT), FIELD_PLAIN},
    {"refunds_fen", AT(STATED_REFUNDS_FEN), FIELD_PLAIN},
};
static const struct field listed[] = {
    {"charges_count", AT(LISTED_CHARGES_COUNT), FIELD_PLAIN},
    {"charges_fen", AT(LISTED_CHARGES_FEN), FIELD_PLAIN},
    {"refunds_count", AT(LISTED_REFUNDS_COUNT), FIELD_PLAIN},
    {"refunds_fen", AT(LISTED_REFUNDS_FEN), FIELD_PLAIN},
};
static const struct field ours[] = {
    {"charges_count", AT(OUR_CHARGES_COUNT), FIELD_PLAIN},
    {"charges_fen", AT(OUR_CHARGES_FEN), FIELD_PLAIN},
    {"refunds_count", AT(OUR_REFUNDS_COUNT), FIELD_PLAIN},
    {"refunds_fen", AT(OUR_REFUNDS_FEN), FIELD_PLAIN},
};
static const struct field counts[] = {
    {"matched_count", AT(MATCHED_COUNT), FIELD_PLAIN},
    {"missing_here_count", AT(MISSING_HERE_COUNT), FIELD_PLAIN},
    {"missing_there_count", AT(MISSING_THERE_COUNT), FIELD_PLAIN},
    {"amount_differs_count", AT(AMOUNT_DIFFERS_COUNT), FIELD_PLAIN},
    {"listed_twice_count", AT(LISTED_TWICE_COUNT), FIELD_PLAIN},
};
static const struct field pool[] = {
    {"pool_code", AT(POOL_CODE), FIELD_PLAIN},         {"charges_count", AT(OUR_CHARGES_COUNT), FIELD_PLAIN},
    {"charges_fen", AT(OUR_CHARGES_FEN), FIELD_PLAIN}, {"refunds_count", AT(OUR_REFUNDS_COUNT), FIELD_PLAIN},
    {"refunds_fen", AT(OUR_REFUNDS_FEN), FIELD_PLAIN}, {"payable_fen", AT(PAYABLE_FEN), FIELD_PLAIN},
};
static const struct field difference[] = {
    {"kind", AT(KIND), FIELD_PLAIN},       {"item", AT(ITEM), FIELD_PLAIN},
    {"number", AT(NUMBER), FIELD_PLAIN},   {"their_fen", AT(THEIR_FEN), FIELD_PLAIN},
    {"our_fen", AT(OUR_FEN), FIELD_PLAIN}, {"pool_code", AT(POOL_CODE), FIELD_PLAIN},
};

struct shown {
    struct json_writer *writer;
    const struct rows *rows;
    int first;
};

static void write_fields(const struct shown *shown, const struct field *fields, size_t count, int row)
{
    struct field moved[FIELDS_MAX];
    for (size_t i = 0; i < count; i++) {
        moved[i] = fields[i];
        moved[i].column += shown->first;
    }
    fields_write(shown->writer, moved, count, shown->rows, row);
}

static void write_object(const struct shown *shown, const char *key, const struct field *fields, size_t count, int row)
{
    json_key(shown->writer, key);
    json_object_open(shown->writer);
    write_fields(shown, fields, count, row);
    json_object_close(shown->writer);
}

/* The rows of one part, as an array. */
static void write_part(const struct shown *shown, const char *key, struct span part, const struct field *fields,
                       size_t count)
{
    json_key(shown->writer, key);
    json_array_open(shown->writer);
    for (int row = 0; row < shown->rows->count; row++) {
        if (span_equal(row_text(shown->rows, row, shown->first), part)) {
            json_object_open(shown->writer);
            write_fields(shown, fields, count, row);
            json_object_close(shown->writer);
        }
    }
    json_array_close(shown->writer);
}

void settlement_write(struct json_writer *writer, const struct rows *rows, int first, bool with_differences)
{
    const struct shown shown = {.writer = writer, .rows = rows, .first = first};
    json_object_open(writer);
    write_fields(&shown, FIELDS(head), 0);
    write_object(&shown, "stated", FIELDS(stated), 0);
    write_object(&shown, "listed", FIELDS(listed), 0);
    write_object(&shown, "ours", FIELDS(ours), 0);
    write_fields(&shown, FIELDS(counts), 0);
    write_part(&shown, "pools", SPAN("pool"), FIELDS(pool));
    if (with_differences) {
        write_part(&shown, "differences", SPAN("difference"), FIELDS(difference));
    }
    json_object_close(writer);
}
