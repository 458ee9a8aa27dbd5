-- Reads one page of a person's contributions, newest first; one row without a contribution when the page is empty.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools. The page is one backward range of the
-- primary key (person_key, period, scheme, kind, source_document): its cost does not grow with the history. The sort on
-- top only orders the page's own rows. A yearly record (resident) belongs to a span that any month of its year is in.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: before_period date
-- param: before_scheme text
-- param: before_kind text
-- param: before_source_document text
-- param: from_month date
-- param: from_year date
-- param: to_month date
-- param: scheme text
-- param: pool_code text
-- param: status text
-- param: kind text
-- param: row_limit int8
-- column: contribution_id uuid
-- column: pool_code text
-- column: scheme text
-- column: period date
-- column: kind text
-- column: source_document text
-- column: status text
-- column: base_fen int8
-- column: personal_fen int8
-- column: employer_fen int8
-- column: subsidy_fen int8
-- column: paid_on date
-- column: channel text
-- column: employer_code text
-- column: recorded_at instant
-- column: origin_contribution_id uuid
SELECT page.contribution_id, page.pool_code, page.scheme, page.period, page.kind, page.source_document, page.status,
       page.base_fen, page.personal_fen, page.employer_fen, page.subsidy_fen, page.paid_on, page.channel,
       page.employer_code, page.recorded_at, page.origin_contribution_id
  FROM person
  LEFT JOIN LATERAL (SELECT contribution.*
                       FROM contribution
                      WHERE contribution.person_key = $1
                        AND (contribution.period, contribution.scheme, contribution.kind, contribution.source_document)
                            < ($4::date, $5::text, $6::text, $7::text)
                        AND contribution.period BETWEEN $9::date AND $10::date
                        AND (contribution.scheme = 'resident' OR contribution.period >= $8::date)
                        AND ($3::text IS NULL OR contribution.pool_code LIKE ANY (string_to_array($3, ',')))
                        AND ($11::text IS NULL OR contribution.scheme = $11)
                        AND ($12::text IS NULL OR contribution.pool_code = $12)
                        AND ($13::text IS NULL OR contribution.status = $13)
                        AND ($14::text IS NULL OR contribution.kind = $14)
                      ORDER BY contribution.period DESC, contribution.scheme DESC, contribution.kind DESC,
                               contribution.source_document DESC
                      LIMIT $15) AS page ON true
 WHERE person.person_key = $1 AND person.person_id = $2
   AND ($3::text IS NULL OR person_is_visible($1, $3))
 ORDER BY page.period DESC, page.scheme DESC, page.kind DESC, page.source_document DESC
