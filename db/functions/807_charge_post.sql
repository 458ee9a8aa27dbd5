-- Posts the entries of charges that are good, one for each part of the balance that pays.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; entry ids come from the caller. A part of 0 fen has no entry.
-- Locks: the caller has locked the accounts in an earlier statement. A provider's system account is made when needed.
-- Outcomes: the posting instant of each member: of its entries; where there are none, as of a hold, `instant`, but not
-- before the account's newest entry. The caller has judged: what cannot be posted is a bug.
CREATE OR REPLACE FUNCTION charge_post(
    statuses text[], operation_ids uuid[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], pools text[],
    charge_nos text[], current_years bigint[], carried_overs bigint[], business_dates date[],
    current_year_entry_ids uuid[], carried_over_entry_ids uuid[], instant timestamptz, hash_algorithm text)
RETURNS timestamptz[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    part record;
    posted_ats timestamptz[] := array_fill(instant, ARRAY[cardinality(operation_ids)]);
    posted record;
BEGIN
    FOR posted IN
        SELECT a.ord AS member, account.last_posted_at AS posted_at
          FROM unnest(statuses, person_keys, account_ids, current_years, carried_overs) WITH ORDINALITY
               AS a (status, person_key, account_id, current_year, carried_over, ord)
          JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
         WHERE a.status = 'good' AND a.current_year + a.carried_over = 0 AND account.last_posted_at > instant
    LOOP
        posted_ats[posted.member] := posted.posted_at;
    END LOOP;
    SELECT array_agg(e.ord) AS ords, array_agg(e.part) AS parts, array_agg(e.fen) AS amounts,
           array_agg(e.entry_id) AS entry_ids
      INTO part
      FROM (SELECT a.ord, p.part, p.fen, p.entry_id
              FROM unnest(statuses, current_years, carried_overs, current_year_entry_ids, carried_over_entry_ids)
                   WITH ORDINALITY
                   AS a (status, current_year, carried_over, current_year_entry, carried_over_entry, ord)
              CROSS JOIN LATERAL (VALUES ('current_year', a.current_year, a.current_year_entry),
                                         ('carried_over', a.carried_over, a.carried_over_entry))
                   AS p (part, fen, entry_id)
             WHERE a.status = 'good' AND p.fen > 0
             ORDER BY a.ord) AS e;
    IF part.ords IS NULL THEN
        RETURN posted_ats;
    END IF;
    INSERT INTO system_account (system_account, kind, pool_code, counterparty)
    SELECT DISTINCT 'provider_payable:' || pools[ord] || ':' || provider_ids[ord], 'provider_payable', pools[ord],
           provider_ids[ord]::text
      FROM unnest(part.ords) AS ord
     WHERE NOT EXISTS (SELECT FROM system_account AS made
                        WHERE made.system_account = 'provider_payable:' || pools[ord] || ':' || provider_ids[ord])
     ORDER BY 1
        ON CONFLICT DO NOTHING;
    FOR posted IN
        SELECT part.ords[e.ord] AS member, e.status, e.posted_at
          FROM ledger_post(
                   ARRAY(SELECT person_keys[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT account_ids[i] FROM unnest(part.ords) AS i), part.entry_ids,
                   ARRAY(SELECT operation_ids[i] FROM unnest(part.ords) AS i),
                   array_fill('charge'::text, ARRAY[cardinality(part.ords)]), part.parts,
                   array_fill('debit'::text, ARRAY[cardinality(part.ords)]), part.amounts,
                   ARRAY(SELECT 'provider_payable:' || pools[i] || ':' || provider_ids[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT business_dates[i] FROM unnest(part.ords) AS i),
                   ARRAY(SELECT charge_nos[i] FROM unnest(part.ords) AS i), NULL, instant, hash_algorithm) AS e
    LOOP
        ASSERT posted.status = 'posted', 'a charge that was judged good cannot be posted: ' || posted.status;
        posted_ats[posted.member] := posted.posted_at;
    END LOOP;
    RETURN posted_ats;
END
$$;
COMMENT ON FUNCTION charge_post(text[], uuid[], uuid[], bigint[], uuid[], text[], text[], bigint[], bigint[], date[],
    uuid[], uuid[], timestamptz, text) IS 
    'Posts the entries of charges that were judged good; the posting instant of each';
