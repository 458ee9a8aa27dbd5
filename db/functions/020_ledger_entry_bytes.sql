-- The part of an entry's byte form that does not depend on the entry before it (docs/ledger.md).
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: never null when only linked_entry_id is. A plain expression, so that the planner inlines it (6
-- times faster); it may be no more than STABLE for that, since convert_to is.
-- No text before `reference` can hold a line feed (rules of entry_rule and system_account), so the form is unambiguous.
CREATE OR REPLACE FUNCTION ledger_entry_bytes(
    account_id uuid, seq bigint, entry_id uuid, operation_id uuid, linked_entry_id uuid, signed_amount_fen bigint,
    current_year_after_fen bigint, carried_over_after_fen bigint, business_date date, posted_at timestamptz,
    kind text, part text, system_account text, reference text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN uuid_send(account_id) || int8send(seq) || uuid_send(entry_id) || uuid_send(operation_id)
    || uuid_send(coalesce(linked_entry_id, '00000000-0000-0000-0000-000000000000'::uuid))
    || int8send(signed_amount_fen) || int8send(current_year_after_fen) || int8send(carried_over_after_fen)
    || date_send(business_date) || timestamptz_send(posted_at)
    || convert_to(kind || E'\n' || part || E'\n' || system_account || E'\n' || reference, 'UTF8');
