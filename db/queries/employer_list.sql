-- Reads one page of employers: all in the order of their codes,
-- or those whose name begins with something in that of names.
-- SPDX-License-Identifier: Apache-2.0
-- Two ways in, of which the parameters leave one: the primary key, or the index of names. Either is one range of its
-- index, so that the cost does not grow with the number of employers. U+10FFFF is above every name.
-- lane: slow
-- repeatable: yes
-- param: after_code text
-- param: name_prefix text
-- param: after_name text
-- param: row_limit int8
-- column: employer_code text
-- column: name text
-- column: check_digit_valid bool
-- column: first_seen_at instant
(SELECT employer.employer_code, employer.name, employer.check_digit_valid, employer.first_seen_at
   FROM employer
  WHERE $2::text IS NULL AND employer.employer_code > $1
  ORDER BY employer.employer_code
  LIMIT $4)
UNION ALL
(SELECT employer.employer_code, employer.name, employer.check_digit_valid, employer.first_seen_at
   FROM employer
  WHERE $2::text IS NOT NULL AND employer.name IS NOT NULL
    AND employer.name COLLATE "C" < $2 || chr(1114111)
    AND (employer.name COLLATE "C", employer.employer_code) > (coalesce($3, $2) COLLATE "C", $1)
  ORDER BY employer.name COLLATE "C", employer.employer_code
  LIMIT $4)
