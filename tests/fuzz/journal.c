/* A line of a client's journal, as `yibaod audit --journal` reads it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/journal_line.h"
#include "server/json_memory.h"
#include "tests/fuzz/fuzz.h"

static void check_id(const char *text)
{
    struct uuid id;
    assert(text[0] == '\0' || uuid_parse(span_of(text), &id));
}

void fuzz_journal(struct span input)
{
    struct journal_line line;
    struct uuid id;
    json_error_t error;
    bool was_short;
    json_t *json = json_memory_load(input.length == 0 ? "" : input.bytes, input.length, JSON_REJECT_DUPLICATES, &error,
                                    &was_short);
    enum journal_event event = json == NULL ? JOURNAL_MALFORMED : journal_line_parse(json, &line);
    assert(!was_short);
    if (event == JOURNAL_SENT || event == JOURNAL_RECEIVED) {
        assert(uuid_parse(span_of(line.principal_id), &id));
        check_id(line.charge_id);
        check_id(line.object_id);
    }
    if (event == JOURNAL_RECEIVED) {
        assert(json_integer_value(json_object_get(json, "status")) == line.status);
        assert(line.reply == NULL || json_is_object(line.reply));
    }
    json_decref(json);
}
