-- Posts what charges with several payers take, all entries in one call; sets the instants of posting.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: rows of charges that are good (those that are not are null) and of their shares, with captured_on and the
-- parts that pay; what takes nothing has no entry. The reference of an entry is the number of the charge.
-- Locks: the caller has locked the accounts in an earlier statement. Outcomes: the rows, with changed_at not before
-- what it was, a charge's not before those of its shares; and with created_at where that was null.
CREATE OR REPLACE FUNCTION shared_charge_post(
    INOUT charges charge[], INOUT shares charge_share[], instant timestamptz, hash_algorithm text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked record;
    posted_ats timestamptz[];
    place bigint;
BEGIN
    SELECT array_agg('good'::text) AS statuses, array_agg(a.operation_id ORDER BY a.ord) AS operation_ids,
           array_agg(a.provider_id ORDER BY a.ord) AS provider_ids,
           array_agg(a.person_key ORDER BY a.ord) AS person_keys,
           array_agg(a.account_id ORDER BY a.ord) AS account_ids, array_agg(a.pool_code ORDER BY a.ord) AS pools,
           array_agg(a.charge_no ORDER BY a.ord) AS charge_nos, array_agg(a.captured_on ORDER BY a.ord) AS days,
           array_agg(a.current_year_fen ORDER BY a.ord) AS current_years,
           array_agg(a.carried_over_fen ORDER BY a.ord) AS carried_overs,
           array_agg(a.current_year_entry_id ORDER BY a.ord) AS current_year_ids,
           array_agg(a.carried_over_entry_id ORDER BY a.ord) AS carried_over_ids,
           array_agg(a.ord ORDER BY a.ord) AS ords
      INTO asked
      FROM (SELECT c.ordinality AS ord, c.charge_id AS operation_id, c.provider_id, c.person_key, c.account_id,
            c.pool_code,
                   c.charge_no, c.current_year_fen, c.carried_over_fen, c.captured_on, c.current_year_entry_id,
                   c.carried_over_entry_id
              FROM unnest(charges) WITH ORDINALITY AS c
             WHERE c.account_id IS NOT NULL AND c.amount_fen > c.shared_fen
            UNION ALL
            SELECT cardinality(charges) + s.ordinality, s.share_id, s.provider_id, s.person_key, s.account_id,
                   s.pool_code, c.charge_no, s.current_year_fen, s.carried_over_fen, s.captured_on,
                   s.current_year_entry_id, s.carried_over_entry_id
              FROM unnest(shares) WITH ORDINALITY AS s
              JOIN unnest(charges) AS c ON c.charge_id = s.charge_id) AS a;
    IF asked.ords IS NULL THEN
        RETURN;
    END IF;
    posted_ats := charge_post(
        asked.statuses, asked.operation_ids, asked.provider_ids, asked.person_keys, asked.account_ids, asked.pools,
        asked.charge_nos, asked.current_years, asked.carried_overs, asked.days, asked.current_year_ids,
        asked.carried_over_ids, instant, hash_algorithm);
    FOR i IN 1 .. cardinality(asked.ords) LOOP
        place := asked.ords[i];
        IF place <= cardinality(charges) THEN
            charges[place].changed_at := greatest(charges[place].changed_at, posted_ats[i]);
            charges[place].created_at := coalesce(charges[place].created_at, posted_ats[i]);
        ELSE
            place := place - cardinality(charges);
            shares[place].changed_at := greatest(shares[place].changed_at, posted_ats[i]);
            shares[place].created_at := coalesce(shares[place].created_at, posted_ats[i]);
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(charges) LOOP
        CONTINUE WHEN charges[i].charge_id IS NULL;
        charges[i].changed_at := greatest(charges[i].changed_at, (
            SELECT max(s.changed_at) FROM unnest(shares) AS s WHERE s.charge_id = charges[i].charge_id));
        charges[i].created_at := coalesce(charges[i].created_at, charges[i].changed_at);
    END LOOP;
END
$$;
COMMENT ON FUNCTION shared_charge_post(charge[], charge_share[], timestamptz, text) IS
    'Posts what charges with several payers take, all entries in one call';
