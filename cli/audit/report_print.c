/* Prints an audit's report, for people and for programs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/report.h"
#include <stdlib.h>
#include <string.h>

static bool is_money(const char *name)
{
    return strstr(name, "_fen") != NULL;
}

void report_print_text(const struct report *report, FILE *out)
{
    for (size_t i = 0; i < report->totals_count; i++) {
        const struct total *total = &report->totals[i];
        if (is_money(total->name))
            fprintf(out, "%-46s %s%lld.%02lld yuan\n", total->name, total->value < 0 ? "-" : "",
                    llabs(total->value / 100), llabs(total->value % 100));
        else
            fprintf(out, "%-46s %lld\n", total->name, total->value);
    }
    for (size_t i = 0; i < report->faults_kept; i++) {
        const struct fault_found *fault = &report->faults[i];
        fprintf(out, "FAULT %s %s %s: expected %s, found %s\n", fault->table, fault->key, fault->column,
                fault->expected, fault->found);
    }
    if (report->faults_kept < report->faults_count)
        fprintf(out, "… and %zu more faults\n", report->faults_count - report->faults_kept);
    if (report->snapshots > 1)
        fprintf(out, "taken in %lld runs, each of which saw the books at one instant of its own\n", report->snapshots);
    if (report->is_incomplete)
        fputs("INCOMPLETE: memory, room or 64 bits did not suffice\n", out);
    if (report_is_clean(report))
        fputs("every fen is explained: no faults\n", out);
    else
        fprintf(out, "%zu faults\n", report->faults_count);
}

/* Names, ids and numbers of the database: ASCII but for what somebody planted. */
static void print_string(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else if (byte < 0x20)
            fprintf(out, "\\u%04x", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

static void print_member(const char *name, const char *value, bool is_last, FILE *out)
{
    fprintf(out, "\"%s\": ", name);
    print_string(value, out);
    fputs(is_last ? "}" : ", ", out);
}

void report_print_json(const struct report *report, FILE *out)
{
    fputs("{\"totals\": {", out);
    for (size_t i = 0; i < report->totals_count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        print_string(report->totals[i].name, out);
        fprintf(out, ": %lld", report->totals[i].value);
    }
    fputs("}, \"faults\": [", out);
    for (size_t i = 0; i < report->faults_kept; i++) {
        const struct fault_found *fault = &report->faults[i];
        fputs(i == 0 ? "\n{" : ",\n{", out);
        print_member("check", fault->check, false, out);
        print_member("table", fault->table, false, out);
        print_member("key", fault->key, false, out);
        print_member("column", fault->column, false, out);
        print_member("expected", fault->expected, false, out);
        print_member("found", fault->found, true, out);
    }
    fprintf(out, "], \"faults_count\": %zu, \"snapshots\": %lld, \"complete\": %s, \"clean\": %s}\n",
            report->faults_count, report->snapshots, report->is_incomplete ? "false" : "true",
            report_is_clean(report) ? "true" : "false");
}
