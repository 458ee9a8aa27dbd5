-- Ends transfers whose money is paid out to the person, once the bank has paid or sent it back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each transfer, each once; endings: paid or returned; instants in business
-- time. Called in the transaction that ends the withdrawal, after its money is back where it came back.
-- Locks: the caller has locked the transfers and the accounts in earlier statements. One that is not paying is left
-- alone. returned: the old enrolment goes on, and the account is what it was, as transfer_undo says.
CREATE OR REPLACE FUNCTION transfer_payout_settle(
    person_keys bigint[], transfer_ids uuid[], endings text[], instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    member record;
    undone text[];
BEGIN
    FOR member IN
        SELECT transfer.*, a.instant, CASE a.ending WHEN 'paid' THEN 'pay' ELSE 'return' END AS event
          FROM unnest(person_keys, transfer_ids, endings, instants) AS a (person_key, transfer_id, ending, instant)
          JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
         WHERE transfer.state = 'paying'
         ORDER BY a.transfer_id
    LOOP
        IF member.event = 'return' THEN
            undone := transfer_undo(ARRAY[member.transfer_id], ARRAY[member.person_key], '{good}', member.instant,
                                    'sha256');
            IF undone <> '{good}' THEN -- an import has just made another account active: the whole batch goes again
                RAISE serialization_failure USING MESSAGE = 'a payout came back while the person was enrolled anew';
            END IF;
        END IF;
        UPDATE transfer
           SET state = state_next('transfer_payout', 'paying', member.event), due_on = NULL,
               entered_at = greatest(transfer.entered_at, member.instant),
               ended_at = greatest(transfer.entered_at, member.instant)
         WHERE transfer.person_key = member.person_key AND transfer.transfer_id = member.transfer_id;
        PERFORM state_record(
            'transfer_payout', '{good}', ARRAY[member.person_key], ARRAY[member.transfer_id],
            ARRAY[member.from_pool_code], ARRAY[member.event], '{paying}', '{system}', '{system}',
            '{NULL}'::uuid[], '{NULL}'::text[], '{NULL}'::text[], ARRAY[member.instant]);
    END LOOP;
END
$$;
COMMENT ON FUNCTION transfer_payout_settle(bigint[], uuid[], text[], timestamptz[]) IS
    'Ends transfers whose money is paid out to the person, once the bank has paid or sent it back';
