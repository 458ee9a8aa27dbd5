-- Posts the entries of refunds that are good, one for each part of the charge that gets something back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each refund; entry ids end with the key of the account's person; linked: the
-- entries of the charge. A part of 0 fen has no entry.
-- Locks: the caller has locked the accounts in an earlier statement. The provider's account was made by the charge.
-- Outcomes: the posting instant of each member: of its entries, else `instant`. The caller has judged: what cannot be
-- posted is a bug.
CREATE OR REPLACE FUNCTION charge_refund_post(
    statuses text[], refund_ids uuid[], provider_ids uuid[], account_keys bigint[], account_ids uuid[], pools text[],
    refund_nos text[], current_years bigint[], carried_overs bigint[], current_year_intos text[], business_dates date[],
    current_year_entry_ids uuid[], carried_over_entry_ids uuid[], current_year_linked_ids uuid[],
    carried_over_linked_ids uuid[], instant timestamptz, hash_algorithm text)
RETURNS timestamptz[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    part record;
    posted_ats timestamptz[] := array_fill(instant, ARRAY[cardinality(refund_ids)]);
    posted record;
BEGIN
    SELECT array_agg(e.ord) AS ords, array_agg(e.part) AS parts, array_agg(e.fen) AS amounts,
           array_agg(e.entry_id) AS entry_ids, array_agg(e.linked_id) AS linked_ids
      INTO part
      FROM (SELECT a.ord, p.part, p.fen, p.entry_id, p.linked_id
              FROM unnest(statuses, current_years, carried_overs, current_year_intos, current_year_entry_ids,
                          carried_over_entry_ids, current_year_linked_ids, carried_over_linked_ids) WITH ORDINALITY
                   AS a (status, current_year, carried_over, current_year_into, current_year_entry, carried_over_entry,
                         current_year_linked, carried_over_linked, ord)
              CROSS JOIN LATERAL (
                   VALUES (a.current_year_into, a.current_year, a.current_year_entry, a.current_year_linked),
                          ('carried_over', a.carried_over, a.carried_over_entry, a.carried_over_linked)
                   ) AS p (part, fen, entry_id, linked_id)
             WHERE a.status = 'good' AND p.fen > 0
             ORDER BY a.ord) AS e;
    IF part.ords IS NULL THEN
        RETURN posted_ats;
    END IF;
    FOR posted IN
        SELECT part.ords[e.ord] AS member, e.status, e.posted_at
          FROM ledger_post(
                   ARRAY(SELECT account_keys[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT account_ids[i] FROM unnest(part.ords) AS i),
                   part.entry_ids, ARRAY(SELECT refund_ids[i] FROM unnest(part.ords) AS i),
                   array_fill('charge_refund'::text, ARRAY[cardinality(part.ords)]), part.parts,
                   array_fill('credit'::text, ARRAY[cardinality(part.ords)]), part.amounts,
                   ARRAY(SELECT 'provider_payable:' || pools[i] || ':' || provider_ids[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT business_dates[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT refund_nos[i] FROM unnest(part.ords) AS i),
                   part.linked_ids, instant, hash_algorithm) AS e
    LOOP
        ASSERT posted.status = 'posted', 'a refund that was judged good cannot be posted: ' || posted.status;
        posted_ats[posted.member] := posted.posted_at;
    END LOOP;
    RETURN posted_ats;
END
$$;
COMMENT ON FUNCTION charge_refund_post(text[], uuid[], uuid[], bigint[], uuid[], text[], text[], bigint[], bigint[],
    text[], date[], uuid[], uuid[], uuid[], uuid[], timestamptz, text) IS
    'Posts the entries of refunds that were judged good; the posting instant of each';
