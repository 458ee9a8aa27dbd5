-- Settlements: a provider's own account of a day beside ours, until they agree, and what each pool then owes it.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE settlement (
    settlement_id uuid PRIMARY KEY,
    provider_id uuid NOT NULL,
    business_date date NOT NULL,
    attempt integer NOT NULL CHECK (attempt >= 1),
    state text NOT NULL CHECK (state IN ('agreed', 'differs')),
    stated_charges_count bigint NOT NULL CHECK (stated_charges_count >= 0),
    stated_charges_fen bigint NOT NULL CHECK (stated_charges_fen >= 0),
    stated_refunds_count bigint NOT NULL CHECK (stated_refunds_count >= 0),
    stated_refunds_fen bigint NOT NULL CHECK (stated_refunds_fen >= 0),
    listed_charges_count bigint NOT NULL,
    listed_charges_fen numeric NOT NULL,
    listed_refunds_count bigint NOT NULL,
    listed_refunds_fen numeric NOT NULL,
    our_charges_count bigint NOT NULL,
    our_charges_fen numeric NOT NULL,
    our_refunds_count bigint NOT NULL,
    our_refunds_fen numeric NOT NULL,
    matched_count bigint NOT NULL,
    missing_here_count bigint NOT NULL,
    missing_there_count bigint NOT NULL,
    amount_differs_count bigint NOT NULL,
    listed_twice_count bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (provider_id, business_date, attempt),
    CHECK ((state = 'agreed') = (
        missing_here_count + missing_there_count + amount_differs_count + listed_twice_count = 0
        AND (stated_charges_count, stated_charges_fen, stated_refunds_count, stated_refunds_fen)
            = (our_charges_count, our_charges_fen, our_refunds_count, our_refunds_fen)
        AND (listed_charges_count, listed_charges_fen, listed_refunds_count, listed_refunds_fen)
            = (our_charges_count, our_charges_fen, our_refunds_count, our_refunds_fen)))
);
COMMENT ON TABLE settlement IS 'A provider''s own list and totals of a business day beside ours: one row for each attempt, the last of which may agree. Append-only';
COMMENT ON COLUMN settlement.settlement_id IS 'Public id; grows with time';
COMMENT ON COLUMN settlement.provider_id IS 'Provider whose day it is';
COMMENT ON COLUMN settlement.business_date IS 'The day: charges captured and refunds made on it';
COMMENT ON COLUMN settlement.attempt IS '1 for the first attempt at the day, and so on';
COMMENT ON COLUMN settlement.state IS 'agreed: all sums and all items are the same on both sides, and the day is final; differs: to be sent again';
COMMENT ON COLUMN settlement.stated_charges_count IS 'Number of charges in the provider''s totals';
COMMENT ON COLUMN settlement.stated_charges_fen IS 'Sum of charges in the provider''s totals, fen';
COMMENT ON COLUMN settlement.stated_refunds_count IS 'Number of refunds in the provider''s totals';
COMMENT ON COLUMN settlement.stated_refunds_fen IS 'Sum of refunds in the provider''s totals, fen';
COMMENT ON COLUMN settlement.listed_charges_count IS 'Number of charges in the provider''s list';
COMMENT ON COLUMN settlement.listed_charges_fen IS 'Sum of charges in the provider''s list, fen; numeric, because a list can say anything';
COMMENT ON COLUMN settlement.listed_refunds_count IS 'Number of refunds in the provider''s list';
COMMENT ON COLUMN settlement.listed_refunds_fen IS 'Sum of refunds in the provider''s list, fen';
COMMENT ON COLUMN settlement.our_charges_count IS 'Number of charges captured that day';
COMMENT ON COLUMN settlement.our_charges_fen IS 'Sum of charges captured that day, fen';
COMMENT ON COLUMN settlement.our_refunds_count IS 'Number of refunds made that day';
COMMENT ON COLUMN settlement.our_refunds_fen IS 'Sum of refunds made that day, fen';
COMMENT ON COLUMN settlement.matched_count IS 'Number of charges and refunds that are the same on both sides';
COMMENT ON COLUMN settlement.missing_here_count IS 'Number that the provider lists and we do not have';
COMMENT ON COLUMN settlement.missing_there_count IS 'Number that we have and the provider does not list';
COMMENT ON COLUMN settlement.amount_differs_count IS 'Number of which the two amounts differ';
COMMENT ON COLUMN settlement.listed_twice_count IS 'Number of lines whose number stood in the list before';
COMMENT ON COLUMN settlement.created_at IS 'Instant at which it was compared, business time';
CREATE UNIQUE INDEX settlement_agreed ON settlement (provider_id, business_date) WHERE state = 'agreed';
COMMENT ON INDEX settlement_agreed IS 'A day is agreed once';
CREATE INDEX settlement_provider ON settlement (provider_id, settlement_id);
COMMENT ON INDEX settlement_provider IS 'A provider''s settlements, newest first';

CREATE TABLE settlement_pool (
    settlement_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    charges_count bigint NOT NULL,
    charges_fen numeric NOT NULL,
    refunds_count bigint NOT NULL,
    refunds_fen numeric NOT NULL,
    PRIMARY KEY (settlement_id, pool_code)
);
COMMENT ON TABLE settlement_pool IS 'Our side of a settlement by the pool of the accounts. Where the day is agreed, each row is what that pool owes the provider. Append-only';
COMMENT ON COLUMN settlement_pool.settlement_id IS 'The settlement';
COMMENT ON COLUMN settlement_pool.pool_code IS 'Pool of the accounts: who pays';
COMMENT ON COLUMN settlement_pool.charges_count IS 'Number of charges captured that day';
COMMENT ON COLUMN settlement_pool.charges_fen IS 'Their sum, fen';
COMMENT ON COLUMN settlement_pool.refunds_count IS 'Number of refunds made that day';
COMMENT ON COLUMN settlement_pool.refunds_fen IS 'Their sum, fen; payable is charges less refunds, and below zero on a day with more refunds';
CREATE INDEX settlement_pool_pool ON settlement_pool (pool_code, settlement_id);
COMMENT ON INDEX settlement_pool_pool IS 'What a pool owes, newest first';

CREATE TABLE settlement_difference (
    settlement_id uuid NOT NULL,
    place integer NOT NULL CHECK (place >= 1),
    kind text NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'amount_differs', 'listed_twice')),
    item text NOT NULL CHECK (item IN ('charge', 'refund')),
    number text NOT NULL,
    their_fen bigint CHECK (their_fen >= 0),
    our_fen bigint CHECK (our_fen >= 0),
    pool_code text,
    PRIMARY KEY (settlement_id, place),
    CHECK ((kind = 'missing_there') = (their_fen IS NULL)),
    CHECK ((kind IN ('missing_there', 'amount_differs')) = (our_fen IS NOT NULL)),
    CHECK ((our_fen IS NOT NULL) = (pool_code IS NOT NULL))
);
COMMENT ON TABLE settlement_difference IS 'What differs in the latest settlement of a day; those of an earlier attempt are removed with the next one';
COMMENT ON COLUMN settlement_difference.settlement_id IS 'The settlement';
COMMENT ON COLUMN settlement_difference.place IS 'Place in the list, from 1';
COMMENT ON COLUMN settlement_difference.kind IS 'missing_here: listed, and we do not have it; missing_there: ours, and not listed; amount_differs; listed_twice: its number stood in the list before';
COMMENT ON COLUMN settlement_difference.item IS 'charge or refund';
COMMENT ON COLUMN settlement_difference.number IS 'Number that the provider gave it';
COMMENT ON COLUMN settlement_difference.their_fen IS 'Amount in the provider''s list, fen; null where it is not listed';
COMMENT ON COLUMN settlement_difference.our_fen IS 'Our amount, fen; null where we have none';
COMMENT ON COLUMN settlement_difference.pool_code IS 'Pool of the account; null where we have none';

GRANT SELECT, INSERT ON settlement, settlement_pool TO yibao_app;
GRANT SELECT, INSERT, DELETE ON settlement_difference TO yibao_app;

-- migrate:down
DROP TABLE settlement_difference, settlement_pool, settlement;
