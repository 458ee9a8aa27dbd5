-- Stores refunds of charges with several payers, takes up their numbers, and counts them on charges and shares.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the rows to be stored; refunds that are not good are null. Locks: the caller has locked the accounts of
-- all payers, which protect charges and shares, and claimed the numbers. A share stands there once.
CREATE OR REPLACE FUNCTION shared_refund_store(refunds charge_refund[], parts charge_share_refund[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO charge_refund SELECT r.* FROM unnest(refunds) AS r WHERE r.refund_id IS NOT NULL;
    INSERT INTO charge_share_refund SELECT p.* FROM unnest(parts) AS p;
    INSERT INTO business_number (scope_id, kind, number, object_id)
    SELECT r.provider_id, 'refund', r.refund_no, r.refund_id FROM unnest(refunds) AS r WHERE r.refund_id IS NOT NULL;
    UPDATE charge_share AS share
       SET refunded_fen = share.refunded_fen + p.amount_fen, changed_at = greatest(share.changed_at, p.created_at)
      FROM unnest(parts) AS p
     WHERE share.person_key = p.person_key AND share.share_id = p.share_id;
    UPDATE charge
       SET refunded_fen = charge.refunded_fen + r.amount_fen,
           shared_refunded_fen = charge.shared_refunded_fen + r.shared_fen,
           changed_at = greatest(charge.changed_at, r.created_at, (
               SELECT max(p.created_at) FROM unnest(parts) AS p WHERE p.refund_id = r.refund_id))
      FROM unnest(refunds) AS r
     WHERE charge.person_key = r.person_key AND charge.charge_id = r.charge_id;
END
$$;
COMMENT ON FUNCTION shared_refund_store(charge_refund[], charge_share_refund[]) IS
    'Stores refunds of charges with several payers, with their numbers';
