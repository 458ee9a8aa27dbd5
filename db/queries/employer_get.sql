-- Reads employers.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: employer_code text
-- column: ord int8
-- column: employer_code text
-- column: name text
-- column: check_digit_valid bool
-- column: first_seen_at instant
SELECT asked.ord, employer.employer_code, employer.name, employer.check_digit_valid, employer.first_seen_at
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (employer_code, ord)
  JOIN employer ON employer.employer_code = asked.employer_code
 ORDER BY asked.ord
