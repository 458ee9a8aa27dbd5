-- Staging of contribution rows: as read, then as checked.
-- SPDX-License-Identifier: Apache-2.0
CREATE TEMP TABLE import_row (
    line integer, is_valid boolean, citizen_hash bytea, name_hash bytea, pool_code text, scheme text, period date,
    kind text, source_document text, base_fen bigint, personal_fen bigint, employer_fen bigint, subsidy_fen bigint,
    paid_on date, channel text, employer_code text, contribution_time bigint, entry_time bigint
);
CREATE TEMP TABLE import_checked (
    position bigint, line integer, first_line integer, person_key bigint, account_id uuid, pool_code text, scheme text,
    period date, kind text, source_document text, base_fen bigint, personal_fen bigint, employer_fen bigint,
    subsidy_fen bigint, paid_on date, channel text, employer_code text, contribution_time bigint, entry_time bigint,
    part text, is_posting boolean, is_rich boolean, is_stored boolean, is_valid boolean, is_duplicate boolean,
    is_pool_unknown boolean, is_person_unknown boolean, is_name_different boolean, is_conflict boolean,
    is_account_missing boolean, is_account_closed boolean, refusal text, is_ready boolean, is_unchanged boolean
);
