/* What only an import for a job of `yibaod serve` does: sealed source, faults into the database, no life of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FAULTS_STORED_MAX 100000 /* the counts tell of the rest */
#define FAULTS_SLICE 1000
#define FAULT_BYTES 96 /* of one element of an array: numbers, a column's name or a code */

bool job_begin(struct import_run *run)
{
    struct uuid id;
    const struct import_options *options = run->options;
    if (!uuid_parse(span_of(options->job), &id) || options->parent == NULL) {
        fputs("yibaod import: --job is no id, or --parent is missing\n", stderr);
        return false;
    }
    /* Neither a core file nor another process of the same user sees what `yibaod serve` hides. */
    if (config_is_production(run->config) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return false;
    }
    /* Its lease ends with the process that holds it; whoever takes the job over starts anew. A parent that was gone
     * before this line would never be missed, hence its number. */
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == strtol(options->parent, NULL, 10);
}

bool job_open_source(struct import_run *run)
{
    struct uuid id;
    return uuid_parse(span_of(run->options->job), &id) &&
           source_open_sealed(&run->source, run->options->path, id, run->keyring);
}

static void append(struct text *array, const char *element)
{
    text_append_char(array, array->length == 0 ? '{' : ',');
    text_append_z(array, element);
}

static void append_number(struct text *array, uint32_t number)
{
    char digits[16];
    snprintf(digits, sizeof(digits), "%" PRIu32, number);
    append(array, number == 0 ? "NULL" : digits);
}

static bool insert_slice(struct import_run *run, const struct fault *faults, size_t count, size_t first)
{
    struct text arrays[4];
    for (int i = 0; i < 4; i++) {
        text_init(&arrays[i], FAULTS_SLICE * FAULT_BYTES);
    }
    for (size_t i = 0; i < count; i++) {
        char field[FAULT_BYTES];
        snprintf(field, sizeof(field), "\"%s\"", faults[i].field);
        append_number(&arrays[0], faults[i].line == 0 ? 1 : faults[i].line);
        append_number(&arrays[1], faults[i].other_line);
        append(&arrays[2], fault_infos[faults[i].code].code);
        append(&arrays[3], field);
    }
    bool ok = true;
    for (int i = 0; i < 4; i++) {
        text_append(&arrays[i], "}", sizeof("}"));
        ok = ok && !arrays[i].failed;
    }
    char before[24];
    snprintf(before, sizeof(before), "%zu", first);
    const char *values[] = {run->options->job, before,          arrays[0].bytes,
                            arrays[1].bytes,   arrays[2].bytes, arrays[3].bytes};
    PGresult *inserted =
        ok ? pg_session_query(&run->control,
                              "INSERT INTO job_fault (job_id, ord, line, other_line, code, field) "
                              "SELECT $1, $2::integer + a.ord, a.line, a.other_line, a.code, a.field "
                              "FROM unnest($3::integer[], $4::integer[], $5::text[], $6::text[]) WITH ORDINALITY "
                              "AS a (line, other_line, code, field, ord)",
                              6, values)
           : NULL;
    ok = inserted != NULL;
    PQclear(inserted);
    for (int i = 0; i < 4; i++) {
        text_fini(&arrays[i]);
    }
    return ok;
}

/* Those of a run that was killed are replaced. */
bool job_store_faults(struct import_run *run)
{
    if (run->options->job == NULL) {
        return true;
    }
    size_t count = run->faults.count < FAULTS_STORED_MAX ? run->faults.count : FAULTS_STORED_MAX;
    bool ok = pg_session_run(&run->control, "BEGIN");
    PGresult *removed =
        pg_session_query(&run->control, "DELETE FROM job_fault WHERE job_id = $1", 1, &run->options->job);
    ok = ok && removed != NULL;
    PQclear(removed);
    for (size_t i = 0; ok && i < count; i += FAULTS_SLICE) {
        size_t slice = count - i < FAULTS_SLICE ? count - i : FAULTS_SLICE;
        ok = insert_slice(run, run->faults.faults + i, slice, i);
    }
    return pg_session_run(&run->control, ok ? "COMMIT" : "ROLLBACK") && ok;
}

bool job_is_as_approved(struct import_run *run)
{
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(run->import_run_id, id);
    const char *values[] = {run->options->job, id};
    PGresult *found =
        pg_session_query(&run->control,
                         "SELECT FROM job JOIN proposal USING (proposal_id) "
                         "JOIN import_run AS own ON own.job_id = job.job_id AND own.import_run_id = $2 "
                         "CROSS JOIN LATERAL (SELECT jsonb_object_agg(c ->> 'field', c ->> 'after') AS shown "
                         "FROM jsonb_array_elements(proposal.payload -> 'changes') AS c) AS approved "
                         "CROSS JOIN LATERAL (SELECT sum(rows_posted) AS rows_posted, sum(amount_fen) AS amount_fen "
                         "FROM import_run WHERE import_run.job_id = job.job_id AND NOT dry_run) AS before "
                         "WHERE job.job_id = $1 AND proposal.state = 'approved' AND proposal.kind = 'post_import' "
                         "AND proposal.object_id = job.job_id "
                         "AND proposal.payload ->> 'file_sha256' = encode(own.file_sha256, 'hex') "
                         "AND (shown ->> 'rows')::numeric = own.rows_ready + before.rows_posted "
                         "AND (shown ->> 'amount_fen')::numeric = own.due_fen + before.amount_fen",
                         2, values);
    bool is_approved = found != NULL && PQntuples(found) == 1;
    PQclear(found);
    return is_approved;
}
