/* Proposals in replies: what would change, with personal data opened and masked, and who decided what. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/proposals/proposal.h"
#include "api/fields.h"
#include "api/sealed.h"
#include "server/jobs/worker_wake.h"

#define SAME_COLUMNS(name)                                                                                             \
    _Static_assert((int)name##_COLUMN_STATUS == (int)PROPOSAL_GET_COLUMN_STATUS &&                                     \
                       (int)name##_COLUMN_AFTER_SEALED == (int)PROPOSAL_GET_COLUMN_AFTER_SEALED,                       \
                   "its rows are read as those of proposal_get")
SAME_COLUMNS(PROPOSAL_APPROVE);
SAME_COLUMNS(PROPOSAL_CLOSE);
SAME_COLUMNS(PERSON_CORRECTION_PROPOSE);
SAME_COLUMNS(ENROLMENT_CORRECTION_PROPOSE);
SAME_COLUMNS(ACCOUNT_STATUS_PROPOSE);
SAME_COLUMNS(REVERSAL_PROPOSE);
SAME_COLUMNS(MERGE_PROPOSE);
SAME_COLUMNS(ACCOUNT_INTEREST_PROPOSE);
SAME_COLUMNS(ADJUSTMENT_PROPOSE);
SAME_COLUMNS(CREDIT_POLICY_SUBMIT);

static const struct field fields[] = {
    {"proposal_id", PROPOSAL_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"kind", PROPOSAL_GET_COLUMN_KIND, FIELD_PLAIN},
    {"person_id", PROPOSAL_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"object_id", PROPOSAL_GET_COLUMN_OBJECT_ID, FIELD_PLAIN},
    {"region_code", PROPOSAL_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"reason", PROPOSAL_GET_COLUMN_REASON, FIELD_PLAIN},
    {"source_document", PROPOSAL_GET_COLUMN_SOURCE_DOCUMENT, FIELD_PLAIN},
    {"state", PROPOSAL_GET_COLUMN_STATE, FIELD_PLAIN},
    {"proposed_by", PROPOSAL_GET_COLUMN_PROPOSED_BY, FIELD_PLAIN},
    {"proposed_at", PROPOSAL_GET_COLUMN_PROPOSED_AT, FIELD_PLAIN},
    {"decided_by", PROPOSAL_GET_COLUMN_DECIDED_BY, FIELD_PLAIN},
    {"decided_at", PROPOSAL_GET_COLUMN_DECIDED_AT, FIELD_PLAIN},
    {"decision_reason", PROPOSAL_GET_COLUMN_DECISION_REASON, FIELD_PLAIN},
};

/* What a value was sealed as, and how it shows. */
static const struct {
    const char *table_column;
    struct span (*mask)(struct span plain, char out[MASK_BYTES]);
} masks[] = {
    {"person.name", mask_name},
    {"person.phone", mask_phone},
    {"person.citizen_number", mask_citizen_number},
    {"person.bank_card", mask_bank_card},
    {"proposal.card_number", mask_citizen_number},
};

static bool write_sealed(struct request *request, const struct rows *rows, int row, int column,
                         struct json_writer *writer)
{
    if (row_is_null(rows, row, column)) {
        json_null_value(writer);
        return true;
    }
    struct span sealed_as = row_text(rows, row, PROPOSAL_GET_COLUMN_SEALED_AS);
    struct uuid row_id = row_uuid(rows, row, PROPOSAL_GET_COLUMN_SEALED_ROW_ID);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        struct span masked;
        if (!span_equal(sealed_as, span_of(masks[i].table_column))) {
            continue;
        }
        if (!sealed_mask(request, masks[i].table_column, row_id, row_text(rows, row, column), masks[i].mask, &masked)) {
            return false;
        }
        json_text(writer, masked);
        return true;
    }
    return false;
}

static bool write_value(struct request *request, const struct rows *rows, int row, bool is_after,
                        struct json_writer *writer)
{
    if (!row_is_null(rows, row, PROPOSAL_GET_COLUMN_SEALED_AS)) {
        int column = is_after ? PROPOSAL_GET_COLUMN_AFTER_SEALED : PROPOSAL_GET_COLUMN_BEFORE_SEALED;
        return write_sealed(request, rows, row, column, writer);
    }
    int column = is_after ? PROPOSAL_GET_COLUMN_AFTER_TEXT : PROPOSAL_GET_COLUMN_BEFORE_TEXT;
    if (row_is_null(rows, row, column)) {
        json_null_value(writer);
    } else {
        json_text(writer, row_text(rows, row, column));
    }
    return true;
}

static bool write_changes(struct request *request, const struct rows *rows, struct json_writer *writer)
{
    json_array_open(writer);
    for (int row = 0; row < rows->count; row++) {
        if (row_is_null(rows, row, PROPOSAL_GET_COLUMN_FIELD)) {
            continue;
        }
        json_object_open(writer);
        json_key(writer, "field");
        json_text(writer, row_text(rows, row, PROPOSAL_GET_COLUMN_FIELD));
        json_key(writer, "before_masked");
        if (!write_value(request, rows, row, false, writer)) {
            return false;
        }
        json_key(writer, "after_masked");
        if (!write_value(request, rows, row, true, writer)) {
            return false;
        }
        json_object_close(writer);
    }
    json_array_close(writer);
    return true;
}

bool proposal_write(struct request *request, const struct rows *rows, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, 0);
    json_key(writer, "changes");
    if (!write_changes(request, rows, writer)) {
        return false;
    }
    json_key(writer, "outcome");
    if (row_is_null(rows, 0, PROPOSAL_GET_COLUMN_OUTCOME)) {
        json_null_value(writer);
    } else {
        json_raw(writer, row_text(rows, 0, PROPOSAL_GET_COLUMN_OUTCOME));
    }
    json_object_close(writer);
    return true;
}

static enum problem problem_of(struct span status)
{
    static const struct {
        const char *status;
        enum problem problem;
    } problems[] = {
        {"absent", PROBLEM_NOT_FOUND},
        {"not_own", PROBLEM_FORBIDDEN},
        {"proposer_cannot_decide", PROBLEM_PROPOSER_CANNOT_DECIDE},
        {"conflict", PROBLEM_CONFLICT},
        {"already_exists", PROBLEM_ALREADY_EXISTS},
        {"already_decided", PROBLEM_ALREADY_DECIDED},
        {"not_allowed_in_status", PROBLEM_NOT_ALLOWED_IN_STATUS},
        {"account_suspended", PROBLEM_ACCOUNT_SUSPENDED},
        {"account_frozen", PROBLEM_ACCOUNT_FROZEN},
        {"account_spend_only", PROBLEM_ACCOUNT_SPEND_ONLY},
        {"account_deceased", PROBLEM_ACCOUNT_DECEASED},
        {"account_closed", PROBLEM_ACCOUNT_CLOSED},
        {"insufficient_balance", PROBLEM_INSUFFICIENT_BALANCE},
        {"balance_overflow", PROBLEM_BALANCE_OVERFLOW},
    };
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        if (span_equal(status, span_of(problems[i].status))) {
            return problems[i].problem;
        }
    }
    return PROBLEM_INTERNAL_ERROR;
}

static void locate(struct request *request, const struct rows *rows, struct reply *reply)
{
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, PROPOSAL_GET_COLUMN_PROPOSAL_ID), id);
    reply_created(reply, arena_printf(request->arena, "/v1/admin/proposals/%s", id));
}

enum problem proposal_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct span status = row_text(rows, 0, PROPOSAL_GET_COLUMN_STATUS);
    bool is_new = span_equal(status, SPAN("proposed"));
    if (!is_new && !span_equal(status, SPAN("done"))) {
        return problem_of(status);
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    if (!proposal_write(request, rows, &writer)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (is_new) {
        locate(request, rows, reply);
    }
    return PROBLEM_NONE;
}

enum problem proposal_render_decided(struct request *request, const struct rows *rows, struct reply *reply)
{
    worker_wake();
    return proposal_render(request, rows, reply);
}
