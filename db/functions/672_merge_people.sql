-- Merges one record into another in one transaction: enrolments, accounts, money, records, identity.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked both persons and all their accounts and asked merge_refusal. Outcomes: what was done,
-- for the proposal and the audit.
CREATE OR REPLACE FUNCTION merge_people(
    survivor_key bigint, survivor_id uuid, duplicate_key bigint, duplicate_id uuid, operation_id uuid,
    instant timestamptz) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    enrolments bigint;
    moved_fen bigint;
    copied record;
BEGIN
    enrolments := merge_enrolments(survivor_key, duplicate_key, (instant AT TIME ZONE 'Asia/Shanghai')::date);
    PERFORM merge_interest(survivor_key, duplicate_key, operation_id, instant);
    PERFORM merge_accounts(survivor_key, survivor_id, duplicate_key, instant);
    moved_fen := merge_money(survivor_key, duplicate_key, operation_id, instant);
    PERFORM merge_credits(survivor_key, duplicate_key);
    copied := merge_records(survivor_key, duplicate_key);
    PERFORM merge_identity(survivor_key, survivor_id, duplicate_key, duplicate_id, instant);
    RETURN jsonb_build_object('person_id', survivor_id, 'duplicate_person_id', duplicate_id,
        'operation_id', operation_id, 'amount_fen', moved_fen, 'contributions', copied.contributions,
        'enrolments', enrolments, 'receivables', copied.receivables,
        'signed_out', jsonb_build_array(duplicate_id));
END
$$;
COMMENT ON FUNCTION merge_people(bigint, uuid, bigint, uuid, uuid, timestamptz) IS
    'Merges one record into another; what was done, as JSON';
