-- Reads the interest of an account for a year: what was posted, then what is open up to a day;
-- one row without a period when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: year int8
-- param: until date
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: year_from date
-- column: year_to date
-- column: is_posted bool
-- column: interest_fen int8
-- column: period_from date
-- column: period_to date
-- column: period_posted bool
-- column: posted_at instant
-- column: is_year_end bool
-- column: bears_interest bool
-- column: reason text
-- column: day_count_basis int8
-- column: rounding text
-- column: current_year_interest_fen int8
-- column: carried_over_interest_fen int8
-- column: carried_fen int8
-- column: current_year_entry_id uuid
-- column: carried_over_entry_id uuid
-- column: year_end_in_entry_id uuid
-- column: year_end_out_entry_id uuid
-- column: segments text
WITH owner AS MATERIALIZED (
    SELECT account.person_key, account.account_id, account.person_id, account.pool_code,
           make_date($3::int, coalesce(pool.account_year_starts_month, 1), 1) AS starts_on,
           make_date($3::int + 1, coalesce(pool.account_year_starts_month, 1), 1) AS ends_before
      FROM account
      LEFT JOIN pool ON pool.pool_code = account.pool_code -- a wallet has none, and bears nothing
     WHERE account.person_key = $1 AND account.account_id = $2
), period AS MATERIALIZED (
    SELECT posting.accrued_from, posting.accrued_to, true AS is_posted, posting.posted_at, posting.is_year_end,
           posting.bears_interest, NULL::text AS reason, posting.day_count_basis, posting.rounding,
           posting.current_year_interest_fen, posting.carried_over_interest_fen, posting.carried_fen,
           posting.current_year_entry_id, posting.carried_over_entry_id, posting.year_end_in_entry_id,
           posting.year_end_out_entry_id, posting.segments
      FROM owner
      JOIN interest_posting AS posting ON posting.person_key = owner.person_key
                                      AND posting.account_id = owner.account_id
                                      AND posting.interest_year = $3
     UNION ALL
    SELECT sized.from_day, sized.to_day, false, NULL, sized.is_year_end, sized.bears_interest, sized.refusal,
           sized.day_count_basis, sized.rounding, sized.current_year_interest_fen, sized.carried_over_interest_fen,
           sized.carried_fen, NULL, NULL, NULL, NULL, sized.segments
      FROM owner
     CROSS JOIN LATERAL interest_open_days(owner.person_key, owner.account_id,
                                           least($4::date, owner.ends_before)) AS open
     CROSS JOIN LATERAL interest_size(ARRAY[owner.person_key], ARRAY[owner.account_id], ARRAY[open.year_start],
                                      ARRAY[open.from_day], ARRAY[open.to_day]) AS sized
     WHERE open.year_start = owner.starts_on
)
SELECT owner.person_id, owner.account_id, owner.pool_code, owner.starts_on, owner.ends_before - 1,
       coalesce(bool_or(period.is_posted AND period.is_year_end) OVER (), false),
       coalesce(sum(period.current_year_interest_fen + period.carried_over_interest_fen) OVER (), 0)::bigint,
       period.accrued_from, period.accrued_to - 1, period.is_posted, period.posted_at, period.is_year_end,
       period.bears_interest, period.reason, period.day_count_basis::bigint, period.rounding,
       period.current_year_interest_fen, period.carried_over_interest_fen, period.carried_fen,
       period.current_year_entry_id, period.carried_over_entry_id, period.year_end_in_entry_id,
       period.year_end_out_entry_id,
       (SELECT coalesce(jsonb_agg(item.one || jsonb_build_object('to', (item.one ->> 'to')::date - 1)
                                  ORDER BY item.place), '[]')
          FROM jsonb_array_elements(period.segments) WITH ORDINALITY AS item (one, place))::text
  FROM owner
  LEFT JOIN period ON true
 ORDER BY period.accrued_from
