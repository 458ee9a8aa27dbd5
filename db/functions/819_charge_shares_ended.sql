-- The shares of holds that end without being captured, as they are to be: of the charges that are given,
-- not stored yet.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: rows of the charges, null where there is nothing to do; changed_at is the instant of the end.
-- Locks nothing.
CREATE OR REPLACE FUNCTION charge_shares_ended(charges charge[])
RETURNS charge_share[]
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    share charge_share;
    shares charge_share[] := ARRAY[]::charge_share[];
    one charge;
BEGIN
    FOREACH one IN ARRAY charges LOOP
        FOR share IN SELECT * FROM charge_share WHERE charge_share.charge_id = one.charge_id ORDER BY position LOOP
            share.changed_at := one.changed_at;
            shares := shares || share;
        END LOOP;
    END LOOP;
    RETURN shares;
END
$$;
COMMENT ON FUNCTION charge_shares_ended(charge[]) IS
    'The shares of holds that end without being captured, as they are to be';
