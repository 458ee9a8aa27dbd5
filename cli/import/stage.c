/* Reads the file and copies its rows into the staging tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/copy.h"
#include "cli/import/row.h"
#include "cli/import/run.h"
#include <stdio.h>
#include <stdlib.h>

#define COPY_CHUNK_BYTES (256 * 1024)
#define COPY_ROW_BYTES_MAX (8 * 1024) /* 30 cells: 10 of at most 256 bytes, the rest fixed */
#define DRAW_EVERY_ROWS 4096

static bool lock_and_prepare(struct shard *shard, unsigned number, const char *stage_sql)
{
    char sql[160];
    /* A killed run's connection may still be at work: its successor waits for it. */
    snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%d, %u)", IMPORT_LOCK, number + 1);
    return pg_session_run(&shard->session, sql) &&
           pg_session_run(&shard->session,
                          "SET statement_timeout = 0; SET lock_timeout = 0; SET work_mem = '192MB'; "
                          "SET temp_buffers = '128MB'; SET jit = off; SET client_min_messages = warning") &&
           pg_session_run(&shard->session, stage_sql) &&
           pg_session_run(&shard->session, "COPY import_row FROM STDIN (FORMAT binary)");
}

bool stage_open(struct import_run *run)
{
    char *sql = sql_read(run->db_directory, run->kind->run_kind, "stage");
    bool ok = sql != NULL;
    for (unsigned i = 0; ok && i < run->kind->connections; i++) {
        struct shard *shard = &run->shards[i];
        shard->run = run;
        ok = pg_session_open(&shard->session, run->config->database_url, "yibao_app");
        if (!ok) {
            break;
        }
        run->shards_count = i + 1;
        text_init(&shard->copy, COPY_CHUNK_BYTES + COPY_ROW_BYTES_MAX);
        ok = lock_and_prepare(shard, i, sql);
        copy_begin(&shard->copy);
    }
    free(sql);
    return ok;
}

void stage_close(struct import_run *run)
{
    for (unsigned i = 0; i < run->shards_count; i++) {
        text_fini(&run->shards[i].copy);
        fault_list_fini(&run->shards[i].refused);
        pg_session_close(&run->shards[i].session);
    }
}

static bool send_copy(struct shard *shard)
{
    if (shard->copy.failed) {
        fputs("yibaod import: out of memory\n", stderr);
        return false;
    }
    PGconn *connection = shard->session.connection;
    bool sent = PQputCopyData(connection, shard->copy.bytes, (int)shard->copy.length) == 1;
    if (!sent) {
        fprintf(stderr, "yibaod import: PostgreSQL: %s", PQerrorMessage(connection));
    }
    text_clear(&shard->copy);
    return sent;
}

static bool end_copy(struct shard *shard)
{
    PGconn *connection = shard->session.connection;
    copy_end(&shard->copy);
    bool ok = send_copy(shard) && PQputCopyEnd(connection, NULL) == 1;
    for (PGresult *result; (result = PQgetResult(connection)) != NULL; PQclear(result)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            fprintf(stderr, "yibaod import: PostgreSQL: %s", PQerrorMessage(connection));
            ok = false;
        }
    }
    return ok && pg_session_run(&shard->session, "ANALYZE import_row");
}

/* Rows that cannot even be read stand in the report only. */
static bool stage_row(struct import_run *run, const struct row *row, const struct csv_record *record)
{
    if (record->status != CSV_OK) {
        return true;
    }
    const struct cell *hash = &row->cells[CELL_CITIZEN_HASH];
    unsigned number = hash->is_set ? (unsigned char)hash->bytes.bytes[0] % run->shards_count : 0;
    struct shard *shard = &run->shards[number];
    copy_row(&shard->copy, run->kind, row);
    return shard->copy.length < COPY_CHUNK_BYTES || send_copy(shard);
}

static bool read_header(struct import_run *run, struct csv_reader *reader, struct header *header)
{
    struct csv_record record;
    const char *error = "the file has no header";
    bool ok = csv_next(reader, &record) && record.status == CSV_OK &&
              header_map(&record, run->kind->columns, run->kind->columns_count, header, &error);
    if (!ok) {
        fprintf(stderr, "yibaod import: %s: line %u: %s\n", run->options->path, reader->line > 1 ? record.line : 1,
                error);
        fault_list_add(&run->faults, (struct fault){.line = 1, .code = FAULT_HEADER_UNUSABLE, .field = ""});
    }
    return ok;
}

static bool read_rows(struct import_run *run, struct csv_reader *reader, const struct header *header)
{
    struct row_context context = {.keyring = run->keyring,
                                  .business_date = run->business_date,
                                  .regions = run->options->regions,
                                  .faults = &run->faults};
    struct row row = {.context = &context};
    struct csv_record record;
    while (csv_next(reader, &record)) {
        row_read(&row, run->kind, header, &record);
        run->rows_total++;
        if (context.crypto_failed) {
            fputs("yibaod import: hashing or sealing failed\n", stderr);
            return false;
        }
        if (!stage_row(run, &row, &record)) {
            return false;
        }
        if (run->rows_total % DRAW_EVERY_ROWS == 0) {
            atomic_store(&run->progress.done, (uint64_t)(reader->cursor - reader->start));
            progress_draw(&run->progress);
        }
    }
    return true;
}

bool stage_file(struct import_run *run)
{
    struct csv_reader reader;
    struct header header;
    csv_init(&reader, run->source.content, !run->source.is_clean);
    progress_start(&run->progress, "reading", run->source.content.length);
    bool ok = read_header(run, &reader, &header) && read_rows(run, &reader, &header);
    progress_end(&run->progress);
    csv_fini(&reader);
    for (unsigned i = 0; ok && i < run->shards_count; i++) {
        ok = end_copy(&run->shards[i]);
    }
    return ok;
}
