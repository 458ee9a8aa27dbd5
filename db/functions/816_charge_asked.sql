-- The row of a charge as it is asked for, of which its own account pays the parts that are given.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. shared_fen and the instants are left for the caller, null; what a charge at once takes is taken.
CREATE OR REPLACE FUNCTION charge_asked(
    charge_id uuid, provider_id uuid, person_key bigint, account_id uuid, pool_code text, charge_no text, usage text,
    item text, amount_fen bigint, expires_at timestamptz, business_date date, current_year_fen bigint,
    carried_over_fen bigint, current_year_entry_id uuid, carried_over_entry_id uuid)
RETURNS charge
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    made charge;
    is_hold boolean := expires_at IS NOT NULL;
BEGIN
    made.person_key := person_key;
    made.charge_id := charge_id;
    made.account_id := account_id;
    made.provider_id := provider_id;
    made.pool_code := pool_code;
    made.charge_no := charge_no;
    made.usage := usage;
    made.item := item;
    made.amount_fen := amount_fen;
    made.expires_at := expires_at;
    made.business_date := business_date;
    made.state := CASE WHEN is_hold THEN 'held' ELSE 'captured' END;
    made.captured_fen := CASE WHEN is_hold THEN 0 ELSE amount_fen END;
    made.captured_on := CASE WHEN NOT is_hold THEN business_date END;
    made.current_year_fen := current_year_fen;
    made.carried_over_fen := carried_over_fen;
    made.shared_captured_fen := made.captured_fen - current_year_fen - carried_over_fen;
    made.current_year_entry_id := CASE WHEN current_year_fen > 0 THEN current_year_entry_id END;
    made.carried_over_entry_id := CASE WHEN carried_over_fen > 0 THEN carried_over_entry_id END;
    made.refunded_fen := 0;
    made.shared_refunded_fen := 0;
    RETURN made;
END
$$;
COMMENT ON FUNCTION charge_asked(uuid, uuid, bigint, uuid, text, text, text, text, bigint, timestamptz, date, bigint,
    bigint, uuid, uuid) IS
    'The row of a charge as it is asked for, of which its own account pays the parts that are given';
