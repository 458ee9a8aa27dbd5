-- Charges at designated institutions, their refunds, and what makes every write of money happen once.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE provider (
    provider_id uuid PRIMARY KEY,
    institution_code text NOT NULL UNIQUE CHECK (institution_code ~ '^[A-Z][0-9A-Z]{5,19}$'),
    institution_type text NOT NULL CHECK (institution_type IN ('hospital', 'clinic', 'pharmacy'))
);
COMMENT ON TABLE provider IS 'Designated institutions (定点医药机构): the clients of kind provider. Where each may charge is client.regions';
COMMENT ON COLUMN provider.provider_id IS 'client_id of the client; never changes';
COMMENT ON COLUMN provider.institution_code IS 'National code of the institution (定点医药机构编码): a letter, then 5 to 19 letters and digits';
COMMENT ON COLUMN provider.institution_type IS 'hospital (定点医院), clinic (基层医疗机构) or pharmacy (定点药店)';

CREATE TABLE usage_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    institution_type text NOT NULL CHECK (institution_type IN ('hospital', 'clinic', 'pharmacy')),
    usage text NOT NULL CHECK (usage IN ('medicine', 'device', 'consumable', 'treatment', 'premium')),
    allowed boolean NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (region_code, institution_type, usage)
);
COMMENT ON TABLE usage_rule IS 'What an account may pay for at which institutions: 000000 says what is allowed, a province or pool can only take from it';
COMMENT ON COLUMN usage_rule.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN usage_rule.institution_type IS 'hospital, clinic or pharmacy';
COMMENT ON COLUMN usage_rule.usage IS 'medicine (药品), device (医疗器械), consumable (医用耗材), treatment (personal share of treatment) or premium';
COMMENT ON COLUMN usage_rule.allowed IS 'Whether it is; what has no row at 000000 is not';
COMMENT ON COLUMN usage_rule.source IS 'Where this row comes from';

CREATE TABLE charge_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    effective_from date NOT NULL,
    pays_first text NOT NULL CHECK (pays_first IN ('current_year', 'carried_over')),
    account_day_limit_fen bigint CHECK (account_day_limit_fen > 0),
    provider_day_limit_fen bigint CHECK (provider_day_limit_fen > 0),
    hold_max_hours integer NOT NULL CHECK (hold_max_hours BETWEEN 1 AND 8784),
    shows_balance boolean NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (region_code, effective_from)
);
COMMENT ON TABLE charge_rule IS 'How accounts of a pool are charged. A row is whole: the nearest of pool, policy parent, province and 000000 holds';
COMMENT ON COLUMN charge_rule.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN charge_rule.effective_from IS 'First business day it holds; until the next row of the region';
COMMENT ON COLUMN charge_rule.pays_first IS 'Part of the balance that pays first: current_year or carried_over';
COMMENT ON COLUMN charge_rule.account_day_limit_fen IS 'Most that one account may be charged on a business day, fen, refunds not counted back; null: no limit';
COMMENT ON COLUMN charge_rule.provider_day_limit_fen IS 'Most that one provider may charge one account on a business day, fen; null: no limit';
COMMENT ON COLUMN charge_rule.hold_max_hours IS 'Longest life of a hold, hours';
COMMENT ON COLUMN charge_rule.shows_balance IS 'Whether a provider is told the balance that is left after a charge';
COMMENT ON COLUMN charge_rule.source IS 'Where this row comes from';

CREATE TABLE charge (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    captured_fen bigint NOT NULL CHECK (captured_fen BETWEEN 0 AND amount_fen),
    current_year_fen bigint NOT NULL CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen >= 0),
    refunded_fen bigint NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND captured_fen),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at),
    expires_at timestamptz CHECK (expires_at > created_at),
    business_date date NOT NULL,
    captured_on date,
    charge_id uuid NOT NULL,
    account_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    current_year_entry_id uuid,
    carried_over_entry_id uuid,
    pool_code text NOT NULL CHECK (octet_length(pool_code) = 6),
    state text NOT NULL CHECK (state IN ('held', 'captured', 'voided', 'expired')),
    usage text NOT NULL CHECK (usage IN ('medicine', 'device', 'consumable', 'treatment', 'premium')),
    charge_no text NOT NULL CHECK (octet_length(charge_no) BETWEEN 1 AND 64),
    item text CHECK (octet_length(item) BETWEEN 1 AND 512),
    PRIMARY KEY (person_key, charge_id),
    CHECK (captured_fen = current_year_fen + carried_over_fen),
    CHECK ((state = 'captured') = (captured_fen > 0)),
    CHECK ((state = 'captured') = (captured_on IS NOT NULL)),
    CHECK (state = 'captured' OR expires_at IS NOT NULL),
    CHECK ((current_year_entry_id IS NOT NULL) = (current_year_fen > 0)),
    CHECK ((carried_over_entry_id IS NOT NULL) = (carried_over_fen > 0))
) WITH (fillfactor = 90, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE charge IS 'What providers charged accounts (消费), at once or by a hold. No foreign keys: the function checks, the auditor proves';
COMMENT ON COLUMN charge.person_key IS 'Person whose account pays';
COMMENT ON COLUMN charge.amount_fen IS 'Amount asked for: charged at once, or held, fen';
COMMENT ON COLUMN charge.captured_fen IS 'Amount taken from the account, fen: 0 until captured';
COMMENT ON COLUMN charge.current_year_fen IS 'Of captured_fen, what the current-year part paid, fen';
COMMENT ON COLUMN charge.carried_over_fen IS 'Of captured_fen, what the carried-over part paid, fen';
COMMENT ON COLUMN charge.refunded_fen IS 'Sum of its refunds, fen';
COMMENT ON COLUMN charge.created_at IS 'Instant of the charge or hold, business time';
COMMENT ON COLUMN charge.changed_at IS 'Instant of the last change of state or refunded_fen, business time';
COMMENT ON COLUMN charge.expires_at IS 'Of a hold: instant from which it cannot be captured; null for what was charged at once';
COMMENT ON COLUMN charge.business_date IS 'Business day of created_at';
COMMENT ON COLUMN charge.captured_on IS 'Business day on which it was taken; null until then';
COMMENT ON COLUMN charge.charge_id IS 'Public id; operation_id of its entries and hold_id of its hold events';
COMMENT ON COLUMN charge.account_id IS 'Account that pays';
COMMENT ON COLUMN charge.provider_id IS 'Provider that charged it';
COMMENT ON COLUMN charge.current_year_entry_id IS 'Ledger entry of current_year_fen; null when that is 0';
COMMENT ON COLUMN charge.carried_over_entry_id IS 'Ledger entry of carried_over_fen; null when that is 0';
COMMENT ON COLUMN charge.pool_code IS 'Pool of the account: who settles with the provider';
COMMENT ON COLUMN charge.state IS 'held, captured, voided or expired; only held can change';
COMMENT ON COLUMN charge.usage IS 'What was paid for, one of usage_rule';
COMMENT ON COLUMN charge.charge_no IS 'Number that the provider gave it; unique for that provider for ever (business_number)';
COMMENT ON COLUMN charge.item IS 'What was bought, in the provider''s words, for the owner to read; null when not told';
CREATE INDEX charge_account_day ON charge (person_key, account_id, business_date);
COMMENT ON INDEX charge_account_day IS 'Limits of a day, and the charges of an account';
CREATE INDEX charge_provider_day ON charge (provider_id, business_date, charge_id);
COMMENT ON INDEX charge_provider_day IS 'A provider''s list, newest first, and its day';
CREATE INDEX charge_captured_later ON charge (provider_id, captured_on) WHERE expires_at IS NOT NULL AND captured_on IS NOT NULL;
COMMENT ON INDEX charge_captured_later IS 'Holds by the day they were captured on, which need not be that of the charge: for settlement';
CREATE INDEX charge_open_hold ON charge (expires_at) WHERE state = 'held';
COMMENT ON INDEX charge_open_hold IS 'Holds to expire';
CREATE INDEX charge_account_hold ON charge (person_key, account_id) WHERE state = 'held';
COMMENT ON INDEX charge_account_hold IS 'What is in flight on an account';

CREATE TABLE charge_refund (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    current_year_fen bigint NOT NULL CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen >= 0),
    created_at timestamptz NOT NULL,
    business_date date NOT NULL,
    refund_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    account_id uuid NOT NULL,
    account_person_key bigint NOT NULL,
    provider_id uuid NOT NULL,
    current_year_entry_id uuid,
    carried_over_entry_id uuid,
    pool_code text NOT NULL CHECK (octet_length(pool_code) = 6),
    refund_no text NOT NULL CHECK (octet_length(refund_no) BETWEEN 1 AND 64),
    reason text CHECK (octet_length(reason) BETWEEN 1 AND 512),
    PRIMARY KEY (person_key, refund_id),
    CHECK (amount_fen = current_year_fen + carried_over_fen),
    CHECK ((current_year_entry_id IS NOT NULL) = (current_year_fen > 0)),
    CHECK ((carried_over_entry_id IS NOT NULL) = (carried_over_fen > 0))
);
COMMENT ON TABLE charge_refund IS 'Money of charges given back, in full or part; append-only';
COMMENT ON COLUMN charge_refund.person_key IS 'Person of the charge';
COMMENT ON COLUMN charge_refund.amount_fen IS 'Amount given back, fen';
COMMENT ON COLUMN charge_refund.current_year_fen IS 'Of it, what the current-year part received, fen';
COMMENT ON COLUMN charge_refund.carried_over_fen IS 'Of it, what the carried-over part received, fen';
COMMENT ON COLUMN charge_refund.created_at IS 'Instant of posting, business time';
COMMENT ON COLUMN charge_refund.business_date IS 'Business day of created_at';
COMMENT ON COLUMN charge_refund.refund_id IS 'Public id; operation_id of its entries';
COMMENT ON COLUMN charge_refund.charge_id IS 'Charge it gives back';
COMMENT ON COLUMN charge_refund.account_id IS 'Account that received it: the charge''s, or after a merge that of the current person in the same pool';
COMMENT ON COLUMN charge_refund.account_person_key IS 'Person whose account that is';
COMMENT ON COLUMN charge_refund.provider_id IS 'Provider that gives it back';
COMMENT ON COLUMN charge_refund.current_year_entry_id IS 'Ledger entry of current_year_fen, linked to the charge''s; null when that is 0';
COMMENT ON COLUMN charge_refund.carried_over_entry_id IS 'Ledger entry of carried_over_fen, linked to the charge''s; null when that is 0';
COMMENT ON COLUMN charge_refund.pool_code IS 'Pool of the charge';
COMMENT ON COLUMN charge_refund.refund_no IS 'Number that the provider gave it; unique for that provider for ever (business_number)';
COMMENT ON COLUMN charge_refund.reason IS 'Why, in the provider''s words; never personal data; null when not told';
CREATE INDEX charge_refund_charge ON charge_refund (person_key, charge_id);
CREATE INDEX charge_refund_provider_day ON charge_refund (provider_id, business_date, refund_id);

CREATE TABLE business_number (
    scope_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('charge', 'refund')),
    number text NOT NULL CHECK (octet_length(number) BETWEEN 1 AND 64),
    object_id uuid NOT NULL,
    PRIMARY KEY (scope_id, kind, number)
);
COMMENT ON TABLE business_number IS 'Numbers that outsiders gave to what they asked for: each once, for ever, and not used up by a refusal. Keyed by the number and not by the person';
COMMENT ON COLUMN business_number.scope_id IS 'Who gives the numbers: the provider';
COMMENT ON COLUMN business_number.kind IS 'charge or refund';
COMMENT ON COLUMN business_number.number IS 'The number';
COMMENT ON COLUMN business_number.object_id IS 'What has it';

CREATE TABLE idempotency_key (
    principal_id uuid NOT NULL,
    operation text NOT NULL CHECK (octet_length(operation) BETWEEN 1 AND 40),
    key text NOT NULL CHECK (octet_length(key) BETWEEN 8 AND 128),
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    status text NOT NULL CHECK (octet_length(status) BETWEEN 1 AND 40),
    object_id uuid,
    outcome jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal_id, operation, key)
);
COMMENT ON TABLE idempotency_key IS 'What was answered to a request with an Idempotency-Key: written with the effect, in the same transaction, and answered again when asked again. Keyed by the key and not by the person';
COMMENT ON COLUMN idempotency_key.principal_id IS 'Subject of who asked: a client or member of staff, whichever token was used';
COMMENT ON COLUMN idempotency_key.operation IS 'Operation asked for, such as create_charge';
COMMENT ON COLUMN idempotency_key.key IS 'The caller''s key';
COMMENT ON COLUMN idempotency_key.content_hash IS 'SHA-256 over the arguments of the request: the same key with others is refused';
COMMENT ON COLUMN idempotency_key.status IS 'Status the function answered: of success, or a final refusal';
COMMENT ON COLUMN idempotency_key.object_id IS 'What was made or changed; null for a refusal';
COMMENT ON COLUMN idempotency_key.outcome IS 'What the server decided and the reply needs beyond the request, as JSON; null for a refusal';
COMMENT ON COLUMN idempotency_key.created_at IS 'Real time; kept at least 7 days, then deleted in slices';
CREATE INDEX idempotency_key_created ON idempotency_key USING brin (created_at);
COMMENT ON INDEX idempotency_key_created IS 'Old keys, to delete; a block range index because every write of money pays for it';

INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('charge', 'debit', 'provider_payable'),
    ('charge_refund', 'credit', 'provider_payable');

GRANT SELECT ON usage_rule, charge_rule TO yibao_app;
GRANT SELECT, INSERT ON provider, charge_refund, business_number TO yibao_app;
GRANT SELECT, INSERT, DELETE ON idempotency_key TO yibao_app;
GRANT SELECT, INSERT ON charge TO yibao_app;
GRANT UPDATE (state, captured_fen, current_year_fen, carried_over_fen, current_year_entry_id, carried_over_entry_id,
              captured_on, refunded_fen, changed_at) ON charge TO yibao_app;

-- migrate:down
DELETE FROM entry_rule WHERE system_kind = 'provider_payable';
DROP TABLE idempotency_key, business_number, charge_refund, charge, charge_rule, usage_rule, provider;
