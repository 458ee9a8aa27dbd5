/* Keeps what an audit found so far in a file, as JSON, and takes it up again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/state.h"
#include "server/clock.h"
#include "server/json_memory.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_VERSION 1
#define STATE_EVERY_US 1000000
#define PATH_BYTES 4096

static const char *const stages[] = {[STAGE_PEOPLE] = "people", [STAGE_WIDE] = "wide", [STAGE_DONE] = "done"};

static bool complain(const char *path, const char *why)
{
    fprintf(stderr, "yibaod: %s: %s\n", path, why);
    return false;
}

static json_t *pack_faults(const struct report *report)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < report->faults_kept; i++) {
        const struct fault_found *fault = &report->faults[i];
        json_array_append_new(faults, json_pack("[s, s, s, s, s, s]", fault->check, fault->table, fault->key,
                                                fault->column, fault->expected, fault->found));
    }
    return faults;
}

static json_t *pack(const struct audit *audit)
{
    const struct report *report = &audit->report;
    json_t *totals = json_object();
    for (size_t i = 0; i < report->totals_count; i++)
        json_object_set_new(totals, report->totals[i].name, json_integer(report->totals[i].value));
    return json_pack("{s:i, s:s, s:s, s:I, s:I, s:b, s:I, s:o, s:o}", "version", STATE_VERSION, "fingerprint",
                     audit->fingerprint, "stage", stages[audit->stage], "from", (json_int_t)audit->from, "snapshots",
                     (json_int_t)report->snapshots, "is_incomplete", report->is_incomplete, "faults_count",
                     (json_int_t)report->faults_count, "totals", totals, "faults", pack_faults(report));
}

static bool write_whole(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    size_t length = strlen(text), done = 0;
    while (done < length) {
        ssize_t written = write(file, text + done, length - done);
        if (written < 0 && errno != EINTR)
            break;
        done += written > 0 ? (size_t)written : 0;
    }
    bool is_done = done == length && fsync(file) == 0;
    return close(file) == 0 && is_done;
}

bool state_save(struct audit *audit)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s.new", audit->state_path);
    json_t *state = pack(audit);
    char *text = state == NULL ? NULL : json_dumps(state, JSON_COMPACT);
    json_decref(state);
    errno = ENOMEM;
    bool is_done = text != NULL && length > 0 && length < (int)sizeof path && write_whole(path, text) &&
                   rename(path, audit->state_path) == 0;
    json_memory_free(text);
    audit->state_written_us = clock_monotonic_us();
    return is_done || complain(audit->state_path, strerror(errno));
}

bool state_save_sometimes(struct audit *audit)
{
    return audit->state_path == NULL || clock_monotonic_us() - audit->state_written_us < STATE_EVERY_US ||
           state_save(audit);
}

void state_remove(const struct audit *audit)
{
    if (audit->state_path != NULL && unlink(audit->state_path) != 0 && errno != ENOENT)
        complain(audit->state_path, strerror(errno));
}

static bool find_stage(const char *name, enum audit_stage *stage)
{
    for (int i = STAGE_PEOPLE; i <= STAGE_DONE; i++) {
        if (strcmp(stages[i], name) == 0) {
            *stage = (enum audit_stage)i;
            return true;
        }
    }
    return false;
}

static bool unpack_faults(const json_t *faults, struct report *report)
{
    size_t i;
    json_t *fault;
    json_array_foreach(faults, i, fault)
    {
        const char *check, *table, *key, *column, *expected, *found;
        if (json_unpack(fault, "[s, s, s, s, s, s!]", &check, &table, &key, &column, &expected, &found) != 0)
            return false;
        report_add_fault(report, check, table, key, column, expected, found);
    }
    return true;
}

static bool unpack_totals(json_t *totals, struct report *report)
{
    const char *name;
    json_t *value;
    json_object_foreach(totals, name, value)
    {
        if (!json_is_integer(value))
            return false;
        char number[32];
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        report_add_total(report, name, number);
    }
    return true;
}

static bool unpack(json_t *state, struct audit *audit)
{
    int version, is_incomplete;
    const char *fingerprint, *stage;
    json_int_t from, snapshots, faults_count;
    json_t *totals, *faults;
    if (json_unpack(state, "{s:i, s:s, s:s, s:I, s:I, s:b, s:I, s:o, s:o!}", "version", &version, "fingerprint",
                    &fingerprint, "stage", &stage, "from", &from, "snapshots", &snapshots, "is_incomplete",
                    &is_incomplete, "faults_count", &faults_count, "totals", &totals, "faults", &faults) != 0 ||
        version != STATE_VERSION || !json_is_object(totals) || !json_is_array(faults) || faults_count < 0)
        return complain(audit->state_path, "this is no state of an audit");
    if (strcmp(fingerprint, audit->fingerprint) != 0) {
        fprintf(stderr, "yibaod: %s: the state of an audit of another database, or with other checks (here: %s)\n",
                audit->state_path, audit->fingerprint);
        return false;
    }
    if (!find_stage(stage, &audit->stage) || !unpack_totals(totals, &audit->report) ||
        !unpack_faults(faults, &audit->report) || (size_t)faults_count < audit->report.faults_count)
        return complain(audit->state_path, "this is no state of an audit");
    audit->report.faults_count = (size_t)faults_count;
    audit->report.is_incomplete = audit->report.is_incomplete || is_incomplete;
    audit->from = from;
    audit->report.snapshots = snapshots;
    return true;
}

static json_t *read_state(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    json_t *state = NULL;
    errno = 0;
    FILE *file = fopen(path, "re");
    ssize_t length = file == NULL ? -1 : getdelim(&text, &room, '\0', file);
    if (length < 0) {
        complain(path, errno == 0 ? "this is no state of an audit" : strerror(errno));
    } else {
        json_error_t error;
        bool was_short;
        state = json_memory_load(text, (size_t)length, JSON_REJECT_DUPLICATES, &error, &was_short);
        if (state == NULL)
            complain(path, was_short ? "memory is short" : error.text);
    }
    free(text);
    if (file != NULL)
        fclose(file);
    return state;
}

enum state_outcome state_load(struct audit *audit)
{
    if (access(audit->state_path, F_OK) != 0 && errno == ENOENT)
        return STATE_ABSENT;
    json_t *state = read_state(audit->state_path);
    if (state == NULL)
        return STATE_REFUSED;
    bool is_loaded = unpack(state, audit);
    json_decref(state);
    return is_loaded ? STATE_LOADED : STATE_REFUSED;
}
