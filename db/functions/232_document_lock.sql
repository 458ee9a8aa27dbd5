-- Locks the transfer or withdrawal that documents are for, so that its state and its documents stay as they are.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: that one row, and waits for it (lock_timeout): whoever calls this is alone in its transaction, holds no other
-- lock that anybody waits for, and is on the slow lane.
CREATE OR REPLACE FUNCTION document_lock(asked_kind text, asked_person_key bigint, asked_object_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF asked_kind = 'transfer' THEN
        PERFORM FROM transfer
          WHERE transfer.person_key = asked_person_key AND transfer.transfer_id = asked_object_id
            FOR NO KEY UPDATE;
    ELSE
        PERFORM FROM withdrawal
          WHERE withdrawal.person_key = asked_person_key AND withdrawal.withdrawal_id = asked_object_id
            FOR NO KEY UPDATE;
    END IF;
END
$$;
COMMENT ON FUNCTION document_lock(text, bigint, uuid) IS
    'Locks the transfer or withdrawal that documents are for';
