-- Posts and stores refunds of charges with several payers, all entries in one call,
-- and counts them on charges and shares.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the rows as judged; refunds that are not good are null; links: for each refund the two entries of the
-- charge that its own give back, one after the other.
-- Locks: the caller has locked the accounts of all payers and claimed the numbers. Outcomes: the rows, with their
-- instants; a refund of which the account that was charged gets nothing has the instant of its parts.
CREATE OR REPLACE FUNCTION shared_refund_post(
    INOUT refunds charge_refund[], INOUT parts charge_share_refund[], links uuid[], instant timestamptz,
    hash_algorithm text)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked record;
    posted_ats timestamptz[];
    place bigint;
BEGIN
    SELECT array_agg('good'::text) AS statuses, array_agg(a.operation_id ORDER BY a.ord) AS operation_ids,
           array_agg(a.provider_id ORDER BY a.ord) AS provider_ids,
           array_agg(a.account_key ORDER BY a.ord) AS account_keys,
           array_agg(a.account_id ORDER BY a.ord) AS account_ids, array_agg(a.pool_code ORDER BY a.ord) AS pools,
           array_agg(a.refund_no ORDER BY a.ord) AS refund_nos, array_agg(a.business_date ORDER BY a.ord) AS days,
           array_agg(a.current_year_fen ORDER BY a.ord) AS current_years,
           array_agg(a.carried_over_fen ORDER BY a.ord) AS carried_overs,
           array_agg(a.current_year_into ORDER BY a.ord) AS intos,
           array_agg(a.current_year_entry_id ORDER BY a.ord) AS current_year_ids,
           array_agg(a.carried_over_entry_id ORDER BY a.ord) AS carried_over_ids,
           array_agg(a.current_year_link ORDER BY a.ord) AS current_year_links,
           array_agg(a.carried_over_link ORDER BY a.ord) AS carried_over_links, array_agg(a.ord ORDER BY a.ord) AS ords
      INTO asked
      FROM (SELECT r.ordinality AS ord, r.refund_id AS operation_id, r.provider_id, r.account_person_key AS account_key,
                   r.account_id, r.pool_code, r.refund_no, r.business_date, r.current_year_fen, r.carried_over_fen,
                   r.current_year_into, r.current_year_entry_id, r.carried_over_entry_id,
                   links[2 * r.ordinality - 1] AS current_year_link, links[2 * r.ordinality] AS carried_over_link
              FROM unnest(refunds) WITH ORDINALITY AS r
             WHERE r.amount_fen > r.shared_fen
            UNION ALL
            SELECT cardinality(refunds) + p.ordinality, p.share_refund_id, r.provider_id, p.account_person_key,
                   p.account_id, p.pool_code, r.refund_no, p.business_date, p.current_year_fen, p.carried_over_fen,
                   p.current_year_into, p.current_year_entry_id, p.carried_over_entry_id, share.current_year_entry_id,
                   share.carried_over_entry_id
              FROM unnest(parts) WITH ORDINALITY AS p
              JOIN unnest(refunds) AS r ON r.refund_id = p.refund_id
              JOIN charge_share AS share ON share.person_key = p.person_key AND share.share_id = p.share_id) AS a;
    IF asked.ords IS NULL THEN
        RETURN;
    END IF;
    posted_ats := charge_refund_post(
        asked.statuses, asked.operation_ids, asked.provider_ids, asked.account_keys, asked.account_ids, asked.pools,
        asked.refund_nos, asked.current_years, asked.carried_overs, asked.intos, asked.days, asked.current_year_ids,
        asked.carried_over_ids, asked.current_year_links, asked.carried_over_links, instant, hash_algorithm);
    FOR i IN 1 .. cardinality(asked.ords) LOOP
        place := asked.ords[i];
        IF place <= cardinality(refunds) THEN
            refunds[place].created_at := posted_ats[i];
        ELSE
            parts[place - cardinality(refunds)].created_at := posted_ats[i];
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(refunds) LOOP
        CONTINUE WHEN refunds[i].refund_id IS NULL;
        refunds[i].created_at := coalesce(refunds[i].created_at, (
            SELECT max(p.created_at) FROM unnest(parts) AS p WHERE p.refund_id = refunds[i].refund_id));
    END LOOP;
    PERFORM shared_refund_store(refunds, parts);
END
$$;
COMMENT ON FUNCTION shared_refund_post(charge_refund[], charge_share_refund[], uuid[], timestamptz, text) IS
    'Posts and stores refunds of charges with several payers, all entries in one call';
