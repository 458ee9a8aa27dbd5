-- Reads one page of the transfers that wait for a desk, oldest deadline first.
-- SPDX-License-Identifier: Apache-2.0
-- Without a state those that the desk can decide about now; with one those in that state. Only what is under way,
-- in pools that are visible. missing: kinds of documents that the desk's pool needs and nobody has handed in.
-- lane: slow
-- repeatable: yes
-- param: desk text (out or in)
-- param: visible text
-- param: state text
-- param: only_overdue bool
-- param: today date
-- param: after_due_on date
-- param: after_transfer_id uuid
-- param: row_limit int8
-- column: transfer_id uuid
-- column: person_id uuid
-- column: name_sealed bytea
-- column: way text
-- column: state text
-- column: from_pool_code text
-- column: from_scheme text
-- column: to_pool_code text
-- column: to_scheme text
-- column: created_at instant
-- column: entered_at instant
-- column: due_on date
-- column: is_overdue bool
-- column: moves_on date
-- column: amount_fen int8
-- column: missing text (kinds, joined by commas)
WITH page AS MATERIALIZED (
    SELECT transfer.*, coalesce(transfer.due_on, '9999-12-31') AS sort_on,
           CASE $1::text WHEN 'out' THEN transfer.from_pool_code ELSE transfer.to_pool_code END AS desk_pool_code
      FROM transfer
     WHERE transfer.ended_at IS NULL
       AND ($2::text IS NULL
            OR CASE $1::text WHEN 'out' THEN transfer.from_pool_code ELSE transfer.to_pool_code END
               LIKE ANY (string_to_array($2, ',')))
       AND CASE WHEN $3::text IS NOT NULL THEN transfer.state = $3
                ELSE EXISTS (SELECT FROM state_step AS step
                              WHERE step.machine = transfer.machine AND step.state = transfer.state
                                AND $1 || '_desk' = ANY (step.who)) END
       AND (NOT $4::boolean OR transfer.due_on < $5::date)
       AND (coalesce(transfer.due_on, '9999-12-31'), transfer.transfer_id) > ($6::date, $7::uuid)
     ORDER BY coalesce(transfer.due_on, '9999-12-31'), transfer.transfer_id
     LIMIT $8
)
SELECT page.transfer_id, page.person_id, person.name_sealed, page.way, page.state, page.from_pool_code,
       page.from_scheme, page.to_pool_code, page.to_scheme, page.created_at, page.entered_at, page.due_on,
       coalesce(page.due_on < $5::date, false), page.moves_on, page.amount_fen,
       (SELECT string_agg(material.document_kind, ',' ORDER BY material.document_kind)
          FROM materials_needed(page.desk_pool_code, 'transfer', page.person_key, page.transfer_id) AS material
         WHERE material.is_required AND NOT material.is_there)
  FROM page
  JOIN person ON person.person_key = page.person_key
 ORDER BY page.sort_on, page.transfer_id
