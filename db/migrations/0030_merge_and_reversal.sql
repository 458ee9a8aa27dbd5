-- Merged records of one person, reversed contributions, and what people then owe.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE person_alias ADD COLUMN current_person_id uuid;
UPDATE person_alias SET current_person_id = (SELECT person.person_id FROM person
                                             WHERE person.person_key = person_alias.current_person_key);
ALTER TABLE person_alias ALTER COLUMN current_person_id SET NOT NULL;
COMMENT ON COLUMN person_alias.current_person_key IS 'The key that it stands for now: never itself an alias, for every later merge re-points it';
COMMENT ON COLUMN person_alias.current_person_id IS 'The public id of that person';
CREATE INDEX person_alias_current ON person_alias (current_person_key);
-- A person that is merged into somebody else takes its aliases along.
GRANT UPDATE (current_person_key, current_person_id) ON person_alias TO yibao_app;

-- A view and no function, so that the planner sees through it in joins of a million rows.
CREATE VIEW current_identifier AS
SELECT identifier.kind, identifier.hash,
       coalesce(alias.current_person_key, identifier.person_key) AS person_key,
       coalesce(alias.current_person_id, identifier.person_id) AS person_id,
       identifier.person_key AS recorded_person_key
FROM person_identifier AS identifier
LEFT JOIN person_alias AS alias ON alias.person_key = identifier.person_key;
COMMENT ON VIEW current_identifier IS 'Whom a number finds today: the one way from a number to a person. Numbers of a merged record find the person it was merged into';
COMMENT ON COLUMN current_identifier.kind IS 'citizen_number (also other certificates) or card_number (social-security card)';
COMMENT ON COLUMN current_identifier.hash IS 'Keyed hash of the normalised number, 32 bytes';
COMMENT ON COLUMN current_identifier.person_key IS 'Person it finds';
COMMENT ON COLUMN current_identifier.person_id IS 'Public id of that person';
COMMENT ON COLUMN current_identifier.recorded_person_key IS 'Key that the number was recorded for; another one than person_key when that record was merged';
GRANT SELECT ON current_identifier TO yibao_app;

INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('merge_out', 'debit', 'transit'),
    ('merge_in', 'credit', 'transit'),
    ('receivable', 'credit', 'receivable');

ALTER TABLE contribution ADD COLUMN origin_contribution_id uuid;
COMMENT ON COLUMN contribution.origin_contribution_id IS 'Of a copy that a merge of two records made: the record it was copied from, which stays with the alias; null for all others';

ALTER TABLE contribution DROP CONSTRAINT contribution_status_check;
ALTER TABLE contribution ADD CONSTRAINT contribution_status_check
    CHECK (status IN ('recorded', 'posted', 'reversed', 'withdrawn')) NOT VALID;
ALTER TABLE contribution DROP CONSTRAINT contribution_check3;
ALTER TABLE contribution ADD CONSTRAINT contribution_posted_check CHECK (status IN ('recorded', 'withdrawn')
    OR (scheme = 'employee' AND kind <> 'deemed_years' AND personal_fen > 0)) NOT VALID;
COMMENT ON COLUMN contribution.status IS 'recorded: no money posted (resident, before cut-over, no account, no personal part); posted: personal part in the ledger; reversed: posted, then taken back by a linked entry; withdrawn: recorded, then taken back. The last two count no more';

CREATE TABLE receivable (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    settled_fen bigint NOT NULL DEFAULT 0 CHECK (settled_fen BETWEEN 0 AND amount_fen),
    created_at timestamptz NOT NULL,
    business_date date NOT NULL,
    receivable_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    contribution_id uuid NOT NULL,
    origin_receivable_id uuid,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    kind text NOT NULL CHECK (kind IN ('contribution_reversal')),
    state text NOT NULL CHECK (state IN ('open', 'settled', 'moved')),
    PRIMARY KEY (person_key, receivable_id),
    CHECK (CASE state WHEN 'settled' THEN settled_fen = amount_fen WHEN 'open' THEN settled_fen < amount_fen ELSE true END)
);
COMMENT ON TABLE receivable IS 'What people owe a pool (应收款): money that was to be taken back and was spent already. Each has one ledger entry of kind receivable, with its operation_id (docs/ledger.md)';
COMMENT ON COLUMN receivable.person_key IS 'Person who owes it';
COMMENT ON COLUMN receivable.amount_fen IS 'Amount owed at first, fen';
COMMENT ON COLUMN receivable.settled_fen IS 'Amount that came back since, fen';
COMMENT ON COLUMN receivable.created_at IS 'Instant of posting';
COMMENT ON COLUMN receivable.business_date IS 'Business day in Asia/Shanghai on which it arose';
COMMENT ON COLUMN receivable.receivable_id IS 'Public id';
COMMENT ON COLUMN receivable.account_id IS 'Personal account that the money was missing in';
COMMENT ON COLUMN receivable.operation_id IS 'Operation that it arose from; its ledger entry carries the same';
COMMENT ON COLUMN receivable.contribution_id IS 'Contribution whose reversal it arose from';
COMMENT ON COLUMN receivable.origin_receivable_id IS 'Of a copy that a merge of two records made: the row it was copied from, which stays with the alias as moved; null for all others';
COMMENT ON COLUMN receivable.pool_code IS 'Pool that it is owed to';
COMMENT ON COLUMN receivable.kind IS 'What it arose from: contribution_reversal';
COMMENT ON COLUMN receivable.state IS 'open; settled: all came back; moved: the record was merged, the row of the current person counts';
GRANT SELECT, INSERT ON receivable TO yibao_app;
GRANT UPDATE (settled_fen, state) ON receivable TO yibao_app;

-- migrate:down
DROP TABLE receivable;
ALTER TABLE contribution DROP CONSTRAINT contribution_posted_check;
ALTER TABLE contribution ADD CONSTRAINT contribution_check3 CHECK (status = 'recorded'
    OR (scheme = 'employee' AND kind <> 'deemed_years' AND personal_fen > 0));
ALTER TABLE contribution DROP CONSTRAINT contribution_status_check;
ALTER TABLE contribution ADD CONSTRAINT contribution_status_check CHECK (status IN ('recorded', 'posted', 'reversed'));
ALTER TABLE contribution DROP COLUMN origin_contribution_id;
DELETE FROM entry_rule WHERE entry_kind IN ('merge_out', 'merge_in', 'receivable');
DROP VIEW current_identifier;
REVOKE UPDATE (current_person_key, current_person_id) ON person_alias FROM yibao_app;
DROP INDEX person_alias_current;
ALTER TABLE person_alias DROP COLUMN current_person_id;
