/* Reads the journals of clients line by line and has the database judge them in batches. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/journal.h"
#include "cli/audit/journal_line.h"
#include "server/json_memory.h"
#include "server/pg/script.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAXIMUM 65536
#define BATCH_LINES 200 /* × 64 KiB at most < 13 MiB for one call */
#define WORDS_BYTES 512 /* a client, what it did, and a number of at most 128 bytes */

struct journal {
    struct pg_session *session;
    struct report *report;
    json_t *batch;    /* array: received, to be judged */
    json_t *sent;     /* object used as a set: the words of everything that was sent */
    json_t *complete; /* object used as a set: clients whose journals are complete */
    long long lines, held, not_judged, not_2xx;
    bool has_failed; /* the database or memory, not the journal */
};

static bool fail(struct journal *journal, const char *why)
{
    fprintf(stderr, "yibaod: journal: %s\n", why);
    journal->has_failed = true;
    return false;
}

static bool judge_batch(struct journal *journal)
{
    if (json_array_size(journal->batch) == 0)
        return true;
    char *text = json_dumps(journal->batch, JSON_COMPACT);
    if (text == NULL)
        return fail(journal, "memory is short");
    const char *const values[] = {text};
    PGresult *rows = PQexecPrepared(journal->session->connection, "acknowledged.sql", 1, values, NULL, NULL, 0);
    json_memory_free(text);
    json_array_clear(journal->batch);
    bool is_done = PQresultStatus(rows) == PGRES_TUPLES_OK;
    for (int row = 0; is_done && row < PQntuples(rows); row++)
        report_add_fault(journal->report, "journal/acknowledged", PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1),
                         PQgetvalue(rows, row, 2), PQgetvalue(rows, row, 3), PQgetvalue(rows, row, 4));
    PQclear(rows);
    return is_done || fail(journal, PQerrorMessage(journal->session->connection));
}

/* What was sent, in the words of made.sql. */
static bool note_sent(struct journal *journal, const struct journal_line *line)
{
    if (line->operation == NULL || line->is_dry_run)
        return true;
    char words[WORDS_BYTES], client[UUID_TEXT_LENGTH + 1];
    struct uuid id;
    uuid_parse((struct span){line->principal_id, UUID_TEXT_LENGTH}, &id);
    uuid_format(id, client);
    const char *what = "capture", *name = line->charge_id;
    if (strcmp(line->operation, "create_charge") == 0) {
        what = "charge";
        name = json_string_value(json_object_get(line->body, "charge_no"));
    } else if (strcmp(line->operation, "create_refund") == 0) {
        what = "refund";
        name = json_string_value(json_object_get(line->body, "refund_no"));
    } else if (strcmp(line->operation, "void_charge") == 0) {
        what = "void";
    }
    snprintf(words, sizeof words, "%s %s %s", client, what, name == NULL ? "" : name);
    return json_object_set_new(journal->sent, words, json_true()) == 0 || fail(journal, "memory is short");
}

static bool note_received(struct journal *journal, const struct journal_line *line, const char *place)
{
    if (line->status < 200 || line->status > 299) {
        journal->not_2xx++;
        return true;
    }
    if (line->operation == NULL) {
        journal->not_judged++;
        return true;
    }
    journal->held++;
    if (line->object_id[0] == '\0') {
        if (!line->is_dry_run)
            report_add_fault(journal->report, "journal/acknowledged", "journal", place, "reply",
                             "the id of what was made", "none");
        return true;
    }
    json_t *item = json_pack(
        "{s:s, s:s, s:b, s:s, s:s?, s:s, s:s?, s:O?, s:O?}", "line", place, "operation", line->operation, "is_dry_run",
        line->is_dry_run, "principal_id", line->principal_id, "key", line->key, "object_id", line->object_id,
        "charge_id", line->charge_id[0] == '\0' ? NULL : line->charge_id, "body", line->body, "reply", line->reply);
    if (json_array_append_new(journal->batch, item) != 0)
        return fail(journal, "memory is short");
    return json_array_size(journal->batch) < BATCH_LINES || judge_batch(journal);
}

static bool note_begin(struct journal *journal, json_t *json)
{
    json_t *complete = json_object_get(json, "complete_for");
    size_t i;
    json_t *client;
    json_array_foreach(complete, i, client)
    {
        struct uuid id;
        const char *text = json_string_value(client);
        char canonical[UUID_TEXT_LENGTH + 1];
        if (text == NULL || !uuid_parse((struct span){text, strlen(text)}, &id))
            return false;
        uuid_format(id, canonical);
        if (json_object_set_new(journal->complete, canonical, json_true()) != 0)
            return fail(journal, "memory is short");
    }
    return complete == NULL || json_is_array(complete);
}

static bool note_line(struct journal *journal, const char *text, size_t length, const char *place)
{
    json_error_t error;
    bool was_short;
    json_t *json = json_memory_load(text, length, JSON_REJECT_DUPLICATES, &error, &was_short);
    if (was_short)
        return fail(journal, "memory is short");
    struct journal_line line;
    bool is_noted = false;
    switch (json == NULL ? JOURNAL_MALFORMED : journal_line_parse(json, &line)) {
    case JOURNAL_BEGIN:
        is_noted = note_begin(journal, json);
        break;
    case JOURNAL_SENT:
        is_noted = note_sent(journal, &line);
        break;
    case JOURNAL_RECEIVED:
        is_noted = note_received(journal, &line, place);
        break;
    case JOURNAL_MALFORMED:
        break;
    }
    if (!is_noted && !journal->has_failed)
        fprintf(stderr, "yibaod: %s: not a line of a journal\n", place);
    json_decref(json);
    return is_noted;
}

static bool read_lines(struct journal *journal, FILE *file, const char *path)
{
    char *text = NULL, place[4200];
    size_t room = 0;
    bool is_right = true;
    ssize_t length;
    for (long number = 1; is_right && (length = getline(&text, &room, file)) > 0; number++) {
        if (text[length - 1] != '\n')
            break; /* cut off by the end of the client, so nothing was sent or received */
        snprintf(place, sizeof place, "%s:%ld", path, number);
        is_right = length <= LINE_BYTES_MAXIMUM;
        if (!is_right)
            fprintf(stderr, "yibaod: %s: longer than %d bytes\n", place, LINE_BYTES_MAXIMUM);
        is_right = is_right && note_line(journal, text, (size_t)length, place);
        journal->lines++;
    }
    free(text);
    if (is_right && ferror(file)) {
        fprintf(stderr, "yibaod: %s: cannot be read\n", path);
        is_right = false;
    }
    return is_right;
}

static bool read_file(struct journal *journal, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fprintf(stderr, "yibaod: %s: %s\n", path, strerror(errno));
        return false;
    }
    bool is_right = read_lines(journal, file, path) && judge_batch(journal);
    fclose(file);
    return is_right;
}

static bool compare_made(struct journal *journal)
{
    PGresult *row;
    bool is_done = true;
    while ((row = PQgetResult(journal->session->connection)) != NULL) {
        ExecStatusType status = PQresultStatus(row);
        is_done = is_done && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK);
        if (status == PGRES_SINGLE_TUPLE && json_object_get(journal->sent, PQgetvalue(row, 0, 0)) == NULL)
            report_add_fault(journal->report, "journal/made", PQgetvalue(row, 0, 1), PQgetvalue(row, 0, 2),
                             PQgetvalue(row, 0, 3), "sent by the client", PQgetvalue(row, 0, 4));
        PQclear(row);
    }
    return is_done || fail(journal, PQerrorMessage(journal->session->connection));
}

/* What clients with complete journals did that no journal has. */
static bool find_unsent(struct journal *journal)
{
    const char *client;
    json_t *unused;
    json_object_foreach(journal->complete, client, unused)
    {
        char array[UUID_TEXT_LENGTH + 3];
        snprintf(array, sizeof array, "{%s}", client);
        const char *const values[] = {array};
        if (PQsendQueryPrepared(journal->session->connection, "made.sql", 1, values, NULL, NULL, 0) != 1 ||
            PQsetSingleRowMode(journal->session->connection) != 1)
            return fail(journal, PQerrorMessage(journal->session->connection));
        if (!compare_made(journal))
            return false;
    }
    return true;
}

static bool prepare(struct journal *journal, const char *directory, const char *name)
{
    struct script script;
    if (!script_read(&script, directory, name)) {
        journal->has_failed = true;
        return false;
    }
    PGresult *result = PQprepare(journal->session->connection, name, script.text, 0, NULL);
    script_free(&script);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return is_done || fail(journal, PQerrorMessage(journal->session->connection));
}

static void add_count(struct report *report, const char *name, long long count)
{
    char number[32];
    snprintf(number, sizeof number, "%lld", count);
    report_add_total(report, name, number);
}

enum journal_outcome journal_run(struct pg_session *session, const char *directory, const char *const *paths,
                                 size_t paths_count, struct report *report)
{
    struct journal journal = {
        .session = session, .report = report, .batch = json_array(), .sent = json_object(), .complete = json_object()};
    bool is_held = prepare(&journal, directory, "acknowledged.sql") && prepare(&journal, directory, "made.sql");
    for (size_t i = 0; is_held && i < paths_count; i++)
        is_held = read_file(&journal, paths[i]);
    is_held = is_held && find_unsent(&journal);
    if (is_held) {
        add_count(report, "journal_lines", journal.lines);
        add_count(report, "journal_held", journal.held);
        add_count(report, "journal_not_judged", journal.not_judged);
        add_count(report, "journal_not_2xx", journal.not_2xx);
    }
    json_decref(journal.batch);
    json_decref(journal.sent);
    json_decref(journal.complete);
    return is_held ? JOURNAL_HELD : journal.has_failed ? JOURNAL_FAILED : JOURNAL_UNREADABLE;
}
