/* One line of a client's journal. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/uuid.h"
#include <jansson.h>
#include <stdbool.h>

enum journal_event {
    JOURNAL_BEGIN,
    JOURNAL_SENT,
    JOURNAL_RECEIVED,
    JOURNAL_MALFORMED,
};

/* What stands in a line that says what was sent or received. Texts belong to the JSON that it was made of. */
struct journal_line {
    const char *principal_id;
    const char *operation;                /* NULL: of a path that is not held against the books */
    const char *key;                      /* NULL: none was sent */
    char charge_id[UUID_TEXT_LENGTH + 1]; /* of the path; "" where it has none */
    char object_id[UUID_TEXT_LENGTH + 1]; /* what the reply is about; "" where it does not say */
    bool is_dry_run;
    int status;           /* of what was received */
    json_t *body, *reply; /* borrowed; NULL where there is none */
};

enum journal_event journal_line_parse(json_t *json, struct journal_line *line);
