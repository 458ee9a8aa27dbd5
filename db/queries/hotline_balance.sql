-- Reads the account of a person that receives, and what the others hold together: always one row.
-- SPDX-License-Identifier: Apache-2.0
-- Without a receiving account the one nearest to it stands in its place; closed ones only where there is nothing else.
-- A wallet (pool 000000) is one of the others.
-- reason tells why there is no account: of the schemes that the person is in, whether one would have any.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: visible text
-- column: pool_code text
-- column: pool_name text
-- column: status text
-- column: balance_fen int8
-- column: held_fen int8
-- column: changed_at instant
-- column: others_count int8
-- column: others_fen int8
-- column: reason text
WITH own AS (
    SELECT account.*,
           row_number() OVER (ORDER BY account.pool_code = '000000',
                                       array_position('{active,suspended,frozen,spend_only,deceased,closed}',
                                                      account.status),
                                       account.opened_at DESC, account.account_id DESC) AS place
      FROM account
     WHERE account.person_key = $1 AND ($2::text IS NULL OR account.pool_code LIKE ANY (string_to_array($2, ',')))
), enrolled AS (
    SELECT bool_or(enrolment.scheme = 'employee') AS as_employee,
           bool_or(enrolment.scheme = 'resident') AS as_resident
      FROM enrolment
     WHERE enrolment.person_key = $1 AND enrolment.status <> 'ended'
       AND ($2::text IS NULL OR enrolment.pool_code LIKE ANY (string_to_array($2, ',')))
)
SELECT main.pool_code, pool.name, main.status, main.current_year_fen + main.carried_over_fen, main.held_fen,
       coalesce(main.last_posted_at, main.opened_at), others.count,
       least(others.balance_fen, 9007199254740991)::bigint,
       CASE WHEN main.account_id IS NOT NULL THEN NULL
            WHEN enrolled.as_employee THEN 'pooled_only'
            WHEN enrolled.as_resident THEN 'resident_scheme'
            ELSE 'not_enrolled' END
  FROM enrolled
  LEFT JOIN own AS main ON main.place = 1 AND main.pool_code <> '000000'
  LEFT JOIN pool ON pool.pool_code = main.pool_code
 CROSS JOIN (SELECT count(*), coalesce(sum(own.current_year_fen + own.carried_over_fen), 0) AS balance_fen
               FROM own
              WHERE (own.place > 1 OR own.pool_code = '000000') AND own.status <> 'closed') AS others
