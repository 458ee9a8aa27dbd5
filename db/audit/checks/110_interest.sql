-- I1: each posting of interest has exactly its entries, and they are what the balances of its days bear;
-- each such entry has its posting.
-- SPDX-License-Identifier: Apache-2.0
-- Balances are walked from one change to the next: what stands between two of them × the days between, for each span of
-- one rate. Spans follow each other over all days of the posting, at the rates of interest_rate. An entry counts from
-- its business date on; what a posting wrote, from the day after those it was for.
WITH posting AS MATERIALIZED (
    SELECT * FROM interest_posting WHERE person_key BETWEEN $1::bigint AND $2::bigint
), entry AS MATERIALIZED (
    SELECT entry.person_key, entry.account_id, entry.seq, entry.entry_id, entry.operation_id, entry.linked_entry_id,
           entry.kind, entry.part, entry.amount_fen, entry.current_year_after_fen,
           CASE entry.direction WHEN 'credit' THEN entry.amount_fen ELSE -entry.amount_fen END AS signed_fen,
           coalesce(own.accrued_to, entry.business_date) AS counts_from
    FROM ledger_entry AS entry
    LEFT JOIN (SELECT DISTINCT person_key, account_id, operation_id, accrued_to FROM posting) AS own
           ON entry.kind IN ('interest', 'year_end_out', 'year_end_in') AND own.person_key = entry.person_key
          AND own.account_id = entry.account_id AND own.operation_id = entry.operation_id
    WHERE entry.person_key BETWEEN $1::bigint AND $2::bigint
      AND EXISTS (SELECT FROM posting WHERE posting.person_key = entry.person_key
                  AND posting.account_id = entry.account_id)
), given AS MATERIALIZED (
    SELECT posting.person_key, posting.account_id, posting.accrued_from, posting.accrued_to, posting.pool_code,
           item.one ->> 'part' AS part, item.one ->> 'rate_kind' AS rate_kind, (item.one ->> 'from')::date AS from_day,
           (item.one ->> 'to')::date AS to_day, (item.one ->> 'rate_ppm')::numeric AS rate_ppm,
           (item.one ->> 'balance_days')::numeric AS balance_days, item.place
    FROM posting
    CROSS JOIN LATERAL jsonb_array_elements(posting.segments) WITH ORDINALITY AS item (one, place)
), change AS (
    SELECT given.person_key, given.account_id, given.accrued_from, given.place, given.to_day,
           greatest(entry.counts_from, given.from_day) AS day, sum(entry.signed_fen) AS fen
    FROM given
    JOIN posting USING (person_key, account_id, accrued_from)
    JOIN entry ON entry.person_key = given.person_key AND entry.account_id = given.account_id
              AND entry.part = given.part
              AND entry.counts_from < given.to_day AND entry.seq <= posting.through_seq
    GROUP BY given.person_key, given.account_id, given.accrued_from, given.place, given.to_day,
             greatest(entry.counts_from, given.from_day)
), stretch AS (
    SELECT person_key, account_id, accrued_from, place, sum(fen) OVER in_time AS balance_fen,
           coalesce(lead(day) OVER in_time, to_day) - day AS days
    FROM change
    WINDOW in_time AS (PARTITION BY person_key, account_id, accrued_from, place ORDER BY day)
), walked AS (
    SELECT person_key, account_id, accrued_from, place, sum(balance_fen * days) AS balance_days
    FROM stretch
    GROUP BY person_key, account_id, accrued_from, place
), segment AS MATERIALIZED (
    SELECT given.*, coalesce(walked.balance_days, 0) AS true_days,
           lead(given.from_day, 1, given.accrued_to)
               OVER (PARTITION BY given.person_key, given.account_id, given.accrued_from, given.part
                     ORDER BY given.from_day) AS next_from,
           lag(given.to_day, 1, given.accrued_from)
               OVER (PARTITION BY given.person_key, given.account_id, given.accrued_from, given.part
                     ORDER BY given.from_day) AS before_to
    FROM given
    LEFT JOIN walked USING (person_key, account_id, accrued_from, place)
), due AS MATERIALIZED (
    SELECT posting.*, of.current_days, of.carried_days, of.parts,
           CASE WHEN bears_interest THEN trunc((greatest(of.current_rated, 0) / 1000000
                + CASE rounding WHEN 'half_up' THEN day_count_basis / 2.0 ELSE 0 END) / day_count_basis, 0)
                    ELSE 0 END AS current_fen,
           CASE WHEN bears_interest THEN trunc((greatest(of.carried_rated, 0) / 1000000
                + CASE rounding WHEN 'half_up' THEN day_count_basis / 2.0 ELSE 0 END) / day_count_basis, 0)
                    ELSE 0 END AS carried_over_fen
    FROM posting
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(true_days) FILTER (WHERE part = 'current_year'), 0) AS current_days,
               coalesce(sum(true_days) FILTER (WHERE part = 'carried_over'), 0) AS carried_days,
               coalesce(sum(true_days * rate_ppm) FILTER (WHERE part = 'current_year'), 0) AS current_rated,
               coalesce(sum(true_days * rate_ppm) FILTER (WHERE part = 'carried_over'), 0) AS carried_rated,
               count(DISTINCT part) AS parts
        FROM segment
        WHERE segment.person_key = posting.person_key AND segment.account_id = posting.account_id
          AND segment.accrued_from = posting.accrued_from) AS of
), moved AS MATERIALIZED (
    SELECT due.*, CASE WHEN is_year_end THEN greatest(least(was.year_end_fen, was.now_fen), 0)
                                               + current_year_interest_fen
                       ELSE 0 END AS rolled_fen
    FROM due
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(entry.signed_fen) FILTER (WHERE entry.part = 'current_year'
                                                      AND entry.counts_from < due.accrued_to), 0)
                   AS year_end_fen,
               coalesce(max(entry.current_year_after_fen) FILTER (WHERE entry.seq = due.through_seq), 0) AS now_fen
        FROM entry
        WHERE entry.person_key = due.person_key AND entry.account_id = due.account_id
          AND entry.seq <= due.through_seq) AS was
), expected AS (
    SELECT moved.person_key, moved.account_id, moved.operation_id, moved.accrued_from, want.*
    FROM moved
    CROSS JOIN LATERAL (VALUES
        ('current_year_entry_id', 'interest', 'current_year', current_year_interest_fen,
         current_year_entry_id, NULL::uuid),
        ('carried_over_entry_id', 'interest', 'carried_over', carried_over_interest_fen, carried_over_entry_id, NULL),
        ('year_end_in_entry_id', 'year_end_in', 'carried_over', carried_fen, year_end_in_entry_id,
         year_end_out_entry_id),
        ('year_end_out_entry_id', 'year_end_out', 'current_year', -carried_fen, year_end_out_entry_id, NULL))
        AS want (column_name, kind, part, signed_fen, entry_id, linked_entry_id)
    WHERE want.signed_fen <> 0
), label AS (
    SELECT *, account_id || '/' || accrued_from AS key FROM moved
)
SELECT 'interest_posting', label.key, fault.column_name, fault.expected, fault.found
FROM label
CROSS JOIN LATERAL (VALUES
    ('current_year_days', current_days::text, current_year_days::text),
    ('carried_over_days', carried_days::text, carried_over_days::text),
    ('current_year_interest_fen', current_fen::text, current_year_interest_fen::text),
    ('carried_over_interest_fen', carried_over_fen::text, carried_over_interest_fen::text),
    ('carried_fen', rolled_fen::text, carried_fen::text),
    ('segments', '2 parts', parts || ' parts')) AS fault (column_name, expected, found)
WHERE fault.expected <> fault.found
UNION ALL
SELECT 'interest_posting', segment.account_id || '/' || segment.accrued_from, 'segments',
       segment.before_to || ' to ' || segment.next_from || ': ' || segment.true_days || ' at '
           || coalesce(held.rate_ppm::text, 'no rate'),
       segment.from_day || ' to ' || segment.to_day || ': ' || segment.balance_days || ' at '
           || coalesce(segment.rate_ppm::text, 'no rate')
FROM segment
LEFT JOIN pool USING (pool_code)
LEFT JOIN LATERAL (
    SELECT rate.rate_ppm
    FROM interest_rate AS rate
    WHERE rate.rate_kind = segment.rate_kind AND rate.effective_from <= segment.from_day
      AND rate.region_code IN (pool.pool_code, pool.policy_parent_code, pool.province_code, '000000')
    ORDER BY CASE rate.region_code WHEN pool.pool_code THEN 1 WHEN pool.policy_parent_code THEN 2
                                   WHEN pool.province_code THEN 3 ELSE 4 END, rate.effective_from DESC
    LIMIT 1) AS held ON true
WHERE segment.balance_days <> segment.true_days OR segment.from_day <> segment.before_to
   OR segment.to_day <> segment.next_from
   OR segment.rate_ppm IS DISTINCT FROM held.rate_ppm
UNION ALL
SELECT 'interest_posting', expected.account_id || '/' || expected.accrued_from, expected.column_name,
       expected.signed_fen || ' to ' || expected.part,
       coalesce(entry.signed_fen || ' to ' || entry.part
                || CASE WHEN entry.linked_entry_id IS DISTINCT FROM expected.linked_entry_id
                                                                THEN ', linked to another'
                                                                     ELSE '' END, 'no ledger entry')
FROM expected
LEFT JOIN entry ON entry.person_key = expected.person_key AND entry.account_id = expected.account_id
               AND entry.entry_id = expected.entry_id AND entry.operation_id = expected.operation_id
               AND entry.kind = expected.kind
WHERE (entry.part, entry.signed_fen) IS DISTINCT FROM (expected.part, expected.signed_fen)
   OR entry.linked_entry_id IS DISTINCT FROM expected.linked_entry_id
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'its posting of interest', 'none'
FROM ledger_entry AS entry
WHERE entry.person_key BETWEEN $1::bigint AND $2::bigint AND entry.kind IN ('interest', 'year_end_out', 'year_end_in')
  AND NOT EXISTS (SELECT FROM expected
                  WHERE expected.person_key = entry.person_key AND expected.account_id = entry.account_id
                    AND expected.operation_id = entry.operation_id AND expected.entry_id = entry.entry_id)
UNION ALL
SELECT 'interest_posting', later.account_id || '/' || later.accrued_from,
       'accrued_from', 'not before ' || later.posted_to,
       later.accrued_from::text
FROM (SELECT *, max(accrued_to) OVER (PARTITION BY person_key, account_id ORDER BY accrued_from
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS posted_to
      FROM posting) AS later
WHERE later.accrued_from < later.posted_to
UNION ALL
SELECT 'interest_posting', posting.account_id || '/' || posting.accrued_from, fault.column_name, fault.expected,
       fault.found
FROM posting
LEFT JOIN account ON account.person_key = posting.person_key AND account.account_id = posting.account_id
LEFT JOIN pool ON pool.pool_code = account.pool_code
LEFT JOIN proposal ON proposal.proposal_id = posting.proposal_id AND proposal.state = 'approved'
CROSS JOIN LATERAL (
    SELECT 'pool_code', coalesce(account.pool_code, 'an account'), posting.pool_code
    WHERE account.pool_code IS DISTINCT FROM posting.pool_code
    UNION ALL
    SELECT 'proposal_id', 'an approved proposal, or a withdrawal or transfer of the account',
           coalesce(proposal.kind, 'none')
    WHERE CASE WHEN posting.job_id IS NOT NULL THEN proposal.kind = 'post_interest'
                    AND proposal.object_id = posting.job_id
               ELSE proposal.kind = 'merge_people'
                    OR (proposal.kind = 'post_account_interest' AND proposal.object_id = posting.account_id)
                    OR EXISTS (SELECT FROM withdrawal
                                WHERE withdrawal.person_key = posting.person_key
                                  AND withdrawal.withdrawal_id = posting.proposal_id
                                  AND withdrawal.account_id = posting.account_id AND withdrawal.amount_fen > 0)
                    OR EXISTS (SELECT FROM transfer
                                WHERE transfer.person_key = posting.person_key
                                  AND transfer.transfer_id = posting.proposal_id
                                  AND transfer.from_account_id = posting.account_id) END IS NOT TRUE
    UNION ALL
    SELECT 'is_year_end', 'the end of the year ' || posting.interest_year, posting.accrued_to::text
    WHERE posting.is_year_end <> (posting.accrued_to = make_date(posting.interest_year + 1,
                                                                 pool.account_year_starts_month, 1))
    UNION ALL
    SELECT 'interest_year', 'the year of its days', posting.interest_year::text
    WHERE posting.accrued_from < make_date(posting.interest_year, pool.account_year_starts_month, 1)
       OR posting.accrued_to > make_date(posting.interest_year + 1, pool.account_year_starts_month, 1)
) AS fault (column_name, expected, found)
