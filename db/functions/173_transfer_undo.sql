-- Takes back what transfers have done, when they are refused or cancelled: money, account and enrolment as they were.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each transfer; those whose status is not `good` are left alone. From any state
-- of either machine: what was not done is not undone. Whoever calls it writes the transfer's state and timeline.
-- Locks: the caller has locked the transfers, and in a later statement the person's accounts (account_claim), from
-- which those that the money left are read here.
-- Outcomes: the statuses: good as it was, or with nothing undone balance_overflow of the account that would receive;
-- deferred where an import has just made another account or enrolment active (ask again). The enrolment that was to
-- begin stays pending_in.
CREATE OR REPLACE FUNCTION transfer_undo(
    transfer_ids uuid[], person_keys bigint[], statuses text[], instant timestamptz, hash_algorithm text)
RETURNS text[]
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    answers text[] := statuses;
    one record;
    asked transfer;
BEGIN
    FOR one IN
        SELECT a.* FROM unnest(transfer_ids, person_keys, statuses) WITH ORDINALITY
                        AS a (transfer_id, person_key, status, ord)
         WHERE a.status = 'good' ORDER BY a.transfer_id
    LOOP
        SELECT * INTO STRICT asked FROM transfer
         WHERE transfer.person_key = one.person_key AND transfer.transfer_id = one.transfer_id;
        BEGIN
            answers[one.ord] := transfer_money_back(asked, instant, hash_algorithm);
            IF answers[one.ord] = 'good' THEN
                PERFORM transfer_enrolment_back(asked);
            END IF;
        EXCEPTION WHEN unique_violation THEN
            answers[one.ord] := 'deferred';
        END;
    END LOOP;
    RETURN answers;
END
$$;
COMMENT ON FUNCTION transfer_undo(uuid[], bigint[], text[], timestamptz, text) IS
    'Takes back what transfers have done, when they are refused or cancelled; the statuses, good, deferred or '
    'balance_overflow';
