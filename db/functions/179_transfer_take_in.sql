-- Takes one transfer in: the new enrolment is active, the account of the new pool receives,
-- and gets what is in transit.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: ids of the enrolment and the account that may have to be opened, and of the operation.
-- Locks: the caller has locked the transfer, the person and all accounts of the person, in earlier statements.
-- The enrolment that waits keeps its first day; one that is opened begins on moves_on, and is paid by the person until
-- an employer registers. The account of the new pool becomes the one that receives; others that did are spend_only.
-- The entries that take money in are linked to those that took it out; their reference is the head of the old
-- account's chain, in hexadecimal digits. Whoever moves to the resident scheme gets no account.
-- Outcomes: good, or a refusal of transfer_in_fault with nothing done.
CREATE OR REPLACE FUNCTION transfer_take_in(
    asked transfer, new_enrolment_id uuid, new_account_id uuid, operation_id uuid, instant timestamptz,
    hash_algorithm text)
RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    goes_to enrolment;
    taking account;
    gone record;
    has_account boolean;
    status text;
BEGIN
    SELECT * INTO goes_to FROM transfer_new_enrolment(asked);
    SELECT * INTO taking FROM account
     WHERE account.person_key = asked.person_key AND account.pool_code = asked.to_pool_code;
    status := transfer_in_fault(asked, goes_to.enrolment_id, taking);
    IF status IS NOT NULL THEN
        RETURN status;
    END IF;
    IF goes_to.enrolment_id IS NULL THEN
        INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode,
                               payer_kind, started_on)
        VALUES (asked.person_key, new_enrolment_id, asked.to_pool_code, asked.to_scheme, 'active',
                CASE asked.to_scheme WHEN 'employee' THEN 'with_account' ELSE 'pooled_only' END, 'self', asked.moves_on)
        RETURNING * INTO goes_to;
    ELSE
        UPDATE enrolment SET status = 'active'
         WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = goes_to.enrolment_id
           AND enrolment.status <> 'active';
    END IF;
    has_account := goes_to.account_mode = 'with_account';
    IF has_account OR asked.amount_fen > 0 THEN
        taking := transfer_open_account(asked, taking, new_account_id, has_account, instant);
    ELSE
        taking := NULL;
    END IF;
    IF asked.amount_fen > 0 THEN
        SELECT array_agg(one.part) AS parts, array_agg(one.amount_fen) AS amounts, array_agg(one.entry_id) AS entry_ids,
               min(one.head) AS head
          INTO gone
          FROM transfer_in_transit(asked.person_key, asked.transfer_id, asked.to_pool_code, today) AS one;
        status := transfer_post(asked.person_key, taking.account_id, asked.to_pool_code, 'transfer_in', operation_id,
                                gone.parts, gone.amounts, gone.entry_ids, gone.head, instant, hash_algorithm);
        ASSERT status = 'good';
    END IF;
    UPDATE transfer
       SET to_enrolment_id = goes_to.enrolment_id, to_account_id = taking.account_id,
           take_in_id = CASE WHEN asked.amount_fen > 0 THEN operation_id END
     WHERE transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION transfer_take_in(transfer, uuid, uuid, uuid, timestamptz, text) IS
    'Takes one transfer in: the new enrolment is active, the account of the new pool receives, and gets what is in '
    'transit';
