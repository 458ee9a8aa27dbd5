-- Staging of opening balances: as read, then as checked.
-- SPDX-License-Identifier: Apache-2.0
CREATE TEMP TABLE import_row (
    line integer, is_valid boolean, citizen_hash bytea, name_hash bytea, pool_code text, as_of date,
    current_year_fen bigint, carried_over_fen bigint, source_document text, operation_time bigint,
    current_year_entry_time bigint, carried_over_entry_time bigint
);
CREATE TEMP TABLE import_checked (
    position bigint, line integer, first_line integer, person_key bigint, account_id uuid, pool_code text, as_of date,
    current_year_fen bigint, carried_over_fen bigint, source_document text, operation_time bigint,
    current_year_entry_time bigint, carried_over_entry_time bigint, is_stored boolean, is_valid boolean,
    is_duplicate boolean, is_pool_unknown boolean, is_person_unknown boolean, is_name_different boolean,
    is_conflict boolean, is_account_missing boolean, is_account_closed boolean, is_already_posted boolean,
    is_overflowing boolean, is_ready boolean, is_unchanged boolean
);
