/* Findings as JSON: code, rule, where the rule comes from, the values used, and a sentence for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people/coverage_findings.h"
#include "server/clock.h"
#include <stdio.h>

#define VALUE_BYTES 12      /* -2147483648 */
#define SENTENCE_BYTES 1024 /* the longest text has 260 bytes and 6 values */

enum value_kind { NUMBER, MONTH, DATE };

static const struct {
    const char *code, *rule, *zh, *en;
} finding_infos[] = {
#define FINDING(code, rule, zh, en) {#code, #rule, zh, en},
#define VALUE(name, kind)
#include "api/coverage/findings.def"
};

static const struct {
    const char *name;
    enum value_kind kind;
} value_infos[] = {
#define FINDING(code, rule, zh, en)
#define VALUE(name, kind) {#name, kind},
#include "api/coverage/findings.def"
};

static void format_value(enum coverage_value_name name, int32_t value, char out[VALUE_BYTES])
{
    switch (value_infos[name].kind) {
    case NUMBER:
        snprintf(out, VALUE_BYTES, "%d", value);
        return;
    case MONTH:
        month_format(value, out);
        return;
    case DATE:
        date_format(value, out);
        return;
    }
}

/* The value named between braces; empty when the finding has none of that name. */
static void append_named(struct text *out, const struct coverage_finding *finding, struct span name)
{
    char value[VALUE_BYTES];
    for (int32_t i = 0; i < finding->values_count; i++) {
        enum coverage_value_name named = finding->values[i].name;
        if (span_equal(span_of(value_infos[named].name), name)) {
            format_value(named, finding->values[i].value, value);
            text_append_z(out, value);
        }
    }
}

static void append_sentence(struct text *out, const struct coverage_finding *finding, const char *form)
{
    const char *at = form;
    for (const char *open = strchr(at, '{'); open != NULL; open = strchr(at, '{')) {
        const char *close = strchr(open, '}');
        text_append(out, at, (size_t)(open - at));
        append_named(out, finding, (struct span){.bytes = open + 1, .length = (size_t)(close - open) - 1});
        at = close + 1;
    }
    text_append_z(out, at);
}

static void write_values(struct json_writer *writer, const struct coverage_finding *finding)
{
    char value[VALUE_BYTES];
    json_object_open(writer);
    for (int32_t i = 0; i < finding->values_count; i++) {
        enum coverage_value_name name = finding->values[i].name;
        json_key(writer, value_infos[name].name);
        if (value_infos[name].kind == NUMBER) {
            json_int(writer, finding->values[i].value);
        } else {
            format_value(name, finding->values[i].value, value);
            json_text(writer, span_of(value));
        }
    }
    json_object_close(writer);
}

static void write_finding(struct json_writer *writer, const struct request *request,
                          const struct coverage_finding *finding, const struct rows *rows, int row)
{
    bool is_english = request->language == LANGUAGE_EN;
    struct text sentence;
    text_init(&sentence, SENTENCE_BYTES);
    append_sentence(&sentence, finding, is_english ? finding_infos[finding->code].en : finding_infos[finding->code].zh);
    json_object_open(writer);
    json_key(writer, "code");
    json_text(writer, span_of(finding_infos[finding->code].code));
    json_key(writer, "rule_code");
    json_text(writer, span_of(finding_infos[finding->code].rule));
    json_key(writer, "region_code");
    json_text(writer, row_text(rows, row, COVERAGE_RULES_COLUMN_POOL_CODE));
    coverage_write_date(writer, "effective_from", row_date(rows, row, COVERAGE_RULES_COLUMN_EFFECTIVE_FROM));
    json_key(writer, "values");
    write_values(writer, finding);
    json_key(writer, "text");
    json_whole_text(writer, &sentence);
    json_object_close(writer);
    text_fini(&sentence);
}

void coverage_write_findings(struct json_writer *writer, const struct request *request,
                             const struct coverage_findings *findings, const struct rows *rows, int row)
{
    json_key(writer, "findings");
    json_array_open(writer);
    for (int32_t i = 0; i < findings->count; i++) {
        write_finding(writer, request, &findings->items[i], rows, row);
    }
    json_array_close(writer);
}

void coverage_write_date(struct json_writer *writer, const char *key, int32_t date)
{
    json_key(writer, key);
    if (date == COVERAGE_NONE) {
        json_null_value(writer);
    } else {
        json_date(writer, date);
    }
}

void coverage_write_month(struct json_writer *writer, const char *key, int32_t month)
{
    char text[8];
    json_key(writer, key);
    if (month == COVERAGE_NONE) {
        json_null_value(writer);
    } else {
        month_format(month, text);
        json_text(writer, span_of(text));
    }
}
