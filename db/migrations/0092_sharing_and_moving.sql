-- What is shared and moved: family members, wallets, transfers, withdrawals, and the steps that they may take.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE state_step (
    machine text NOT NULL CHECK (machine ~ '^[a-z_]{1,40}$'),
    state text NOT NULL CHECK (state ~ '^[a-z_]{0,40}$'),
    event text NOT NULL CHECK (event ~ '^[a-z_]{1,40}$'),
    next_state text NOT NULL CHECK (next_state ~ '^[a-z_]{1,40}$'),
    who text[] NOT NULL CHECK (cardinality(who) > 0),
    effect text NOT NULL CHECK (effect ~ '^[a-z_]{1,40}$'),
    PRIMARY KEY (machine, state, event)
);
COMMENT ON TABLE state_step IS 'What may happen to a thing with states: one row for each state and event (state_machines.csv, docs/state-machines.md)';
COMMENT ON COLUMN state_step.machine IS 'Kind of thing: family_member, wallet_transfer, transfer, transfer_payout or withdrawal';
COMMENT ON COLUMN state_step.state IS 'State before; empty for what begins it';
COMMENT ON COLUMN state_step.event IS 'What happens';
COMMENT ON COLUMN state_step.next_state IS 'State after';
COMMENT ON COLUMN state_step.who IS 'Who may: parts that people play towards it, of which one is enough';
COMMENT ON COLUMN state_step.effect IS 'What else happens in the same transaction; none: nothing';

CREATE TABLE state_change (
    person_key bigint NOT NULL,
    at timestamptz NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    object_id uuid NOT NULL,
    actor_id uuid,
    machine text NOT NULL,
    event text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    who text NOT NULL CHECK (who ~ '^[a-z_]{1,40}$'),
    actor_kind text NOT NULL CHECK (actor_kind IN ('citizen', 'client', 'staff', 'system')),
    reason_code text CHECK (reason_code ~ '^[a-z][a-z0-9_]{0,39}$'),
    note text CHECK (octet_length(note) BETWEEN 1 AND 2000),
    PRIMARY KEY (person_key, object_id, seq),
    CHECK ((seq = 1) = (from_state = '')),
    CHECK ((actor_kind = 'system') = (actor_id IS NULL))
);
COMMENT ON TABLE state_change IS 'Every step that a thing with states has taken; only inserted';
COMMENT ON COLUMN state_change.person_key IS 'Person whose thing it is';
COMMENT ON COLUMN state_change.at IS 'Instant, business time; not before that of the step before';
COMMENT ON COLUMN state_change.seq IS 'Number of the step: 1, 2, 3, …';
COMMENT ON COLUMN state_change.object_id IS 'The family member, wallet transfer, transfer or withdrawal';
COMMENT ON COLUMN state_change.actor_id IS 'Who did it: subject of a token; null for the system';
COMMENT ON COLUMN state_change.machine IS 'Kind of thing, of state_step';
COMMENT ON COLUMN state_change.event IS 'What happened';
COMMENT ON COLUMN state_change.from_state IS 'State before; empty at the beginning';
COMMENT ON COLUMN state_change.to_state IS 'State after';
COMMENT ON COLUMN state_change.who IS 'The part that the actor plays towards it, of state_step.who';
COMMENT ON COLUMN state_change.actor_kind IS 'Kind of the actor';
COMMENT ON COLUMN state_change.reason_code IS 'Coded reason; null where none is needed';
COMMENT ON COLUMN state_change.note IS 'Words for the person to read; nothing personal of anybody else; null without';

CREATE TABLE family_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    effective_from date NOT NULL,
    relations text[] NOT NULL CHECK (cardinality(relations) > 0 AND relations <@ '{spouse,parent,child,sibling,grandparent,grandchild}'::text[]),
    usages text[] NOT NULL CHECK (cardinality(usages) > 0 AND usages <@ '{medicine,device,consumable,treatment,premium}'::text[]),
    members_max integer NOT NULL CHECK (members_max BETWEEN 1 AND 100),
    is_one_group boolean NOT NULL,
    least_days integer NOT NULL CHECK (least_days BETWEEN 0 AND 3660),
    invitation_days integer NOT NULL CHECK (invitation_days BETWEEN 1 AND 366),
    reach text NOT NULL CHECK (reach IN ('region', 'province', 'nation')),
    is_wallet_allowed boolean NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (region_code, effective_from)
);
COMMENT ON TABLE family_rule IS 'How accounts of a region are shared with relatives: the nearest of pool, policy parent, province and 000000 holds';
COMMENT ON COLUMN family_rule.region_code IS 'Region';
COMMENT ON COLUMN family_rule.effective_from IS 'First day';
COMMENT ON COLUMN family_rule.relations IS 'What the member may be of the owner';
COMMENT ON COLUMN family_rule.usages IS 'What the money may pay for';
COMMENT ON COLUMN family_rule.members_max IS 'How many members an account may have, invited ones counted';
COMMENT ON COLUMN family_rule.is_one_group IS 'Whether a member of one account may be no other account''s';
COMMENT ON COLUMN family_rule.least_days IS 'Days for which sharing cannot be ended by either side';
COMMENT ON COLUMN family_rule.invitation_days IS 'Days for which an invitation can be accepted';
COMMENT ON COLUMN family_rule.reach IS 'Where the member is enrolled for the account to pay directly: the same pool, the same province, anywhere';
COMMENT ON COLUMN family_rule.is_wallet_allowed IS 'Whether members out of reach in another province may be given money by wallet';
COMMENT ON COLUMN family_rule.source IS 'Where the row comes from';

CREATE TABLE wallet_rule (
    effective_from date PRIMARY KEY,
    transfers_a_day integer NOT NULL CHECK (transfers_a_day BETWEEN 1 AND 1000),
    transfer_max_fen bigint NOT NULL CHECK (transfer_max_fen > 0),
    quiet_from time NOT NULL,
    quiet_until time NOT NULL,
    returns_at time NOT NULL,
    source text NOT NULL
);
COMMENT ON TABLE wallet_rule IS 'Limits of transfers to wallets, nationwide';
COMMENT ON COLUMN wallet_rule.effective_from IS 'First day';
COMMENT ON COLUMN wallet_rule.transfers_a_day IS 'How many transfers a sender may make on a business day';
COMMENT ON COLUMN wallet_rule.transfer_max_fen IS 'Most that one may move, fen';
COMMENT ON COLUMN wallet_rule.quiet_from IS 'Time of day in Shanghai from which none may be made';
COMMENT ON COLUMN wallet_rule.quiet_until IS 'Time of day in Shanghai from which they may be made again';
COMMENT ON COLUMN wallet_rule.returns_at IS 'Time of day in Shanghai, of the day after, at which what is not accepted returns';
COMMENT ON COLUMN wallet_rule.source IS 'Where the row comes from';

CREATE TABLE transfer_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    effective_from date NOT NULL,
    check_days integer NOT NULL CHECK (check_days BETWEEN 1 AND 100),
    out_review_days integer NOT NULL CHECK (out_review_days BETWEEN 1 AND 100),
    in_review_days integer NOT NULL CHECK (in_review_days BETWEEN 1 AND 100),
    remind_days_before integer NOT NULL CHECK (remind_days_before BETWEEN 0 AND 100),
    withdraws_on_resident boolean NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (region_code, effective_from)
);
COMMENT ON TABLE transfer_rule IS 'How long desks may take over transfers, and what moving to the resident scheme means: the nearest of pool, policy parent, province and 000000 holds';
COMMENT ON COLUMN transfer_rule.region_code IS 'Region';
COMMENT ON COLUMN transfer_rule.effective_from IS 'First day';
COMMENT ON COLUMN transfer_rule.check_days IS 'Working days for each desk to check an application';
COMMENT ON COLUMN transfer_rule.out_review_days IS 'Working days for the transfer-out review';
COMMENT ON COLUMN transfer_rule.in_review_days IS 'Working days for the transfer-in review';
COMMENT ON COLUMN transfer_rule.remind_days_before IS 'Working days before a deadline at which a desk is reminded';
COMMENT ON COLUMN transfer_rule.withdraws_on_resident IS 'Whether who moves to the resident scheme may withdraw the account''s money';
COMMENT ON COLUMN transfer_rule.source IS 'Where the row comes from';

CREATE TABLE material_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    purpose text NOT NULL CHECK (purpose IN ('transfer', 'death', 'emigration', 'foreigner_leaving', 'destination_not_connected', 'resettled_retiree', 'resident_scheme')),
    document_kind text NOT NULL CHECK (document_kind ~ '^[a-z][a-z_]{0,39}$'),
    is_required boolean NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (region_code, purpose, document_kind)
);
COMMENT ON TABLE material_rule IS 'Which documents transfers and withdrawals need; 000000 holds everywhere, a nearer row for the same kind replaces it';
COMMENT ON COLUMN material_rule.region_code IS 'Region';
COMMENT ON COLUMN material_rule.purpose IS 'transfer, or the reason of a withdrawal';
COMMENT ON COLUMN material_rule.document_kind IS 'Kind of document';
COMMENT ON COLUMN material_rule.is_required IS 'Whether nothing goes on without it';
COMMENT ON COLUMN material_rule.name_zh IS 'What people call it, Chinese';
COMMENT ON COLUMN material_rule.name_en IS 'What people call it, English';
COMMENT ON COLUMN material_rule.source IS 'Where the row comes from';

CREATE TABLE family_member (
    person_key bigint NOT NULL,
    member_person_key bigint NOT NULL CHECK (member_person_key <> person_key),
    guardian_person_key bigint,
    charge_limit_fen bigint CHECK (charge_limit_fen > 0),
    month_limit_fen bigint CHECK (month_limit_fen > 0),
    year_limit_fen bigint CHECK (year_limit_fen > 0),
    invited_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    activated_at timestamptz,
    ended_at timestamptz,
    invited_until date NOT NULL,
    ends_not_before date,
    family_member_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    guardian_id uuid,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    relation text NOT NULL CHECK (relation IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild')),
    way text NOT NULL CHECK (way IN ('direct', 'wallet')),
    state text NOT NULL CHECK (state IN ('invited', 'active', 'declined', 'cancelled', 'expired', 'ended')),
    usages text[] NOT NULL CHECK (cardinality(usages) > 0 AND usages <@ '{medicine,device,consumable,treatment,premium}'::text[]),
    PRIMARY KEY (person_key, family_member_id),
    CHECK ((guardian_person_key IS NULL) = (guardian_id IS NULL)),
    CHECK (state <> 'active' OR activated_at IS NOT NULL),
    CHECK ((activated_at IS NULL) = (ends_not_before IS NULL)),
    CHECK ((ended_at IS NOT NULL) = (state NOT IN ('invited', 'active')))
);
COMMENT ON TABLE family_member IS 'Relatives with whom an account is shared, or who were invited to it (家庭共济); the row is the owner''s';
COMMENT ON COLUMN family_member.person_key IS 'Owner of the account';
COMMENT ON COLUMN family_member.member_person_key IS 'The member';
COMMENT ON COLUMN family_member.guardian_person_key IS 'Who agrees for a member under age; null for adults';
COMMENT ON COLUMN family_member.charge_limit_fen IS 'Most that one charge may take, fen; null: no limit';
COMMENT ON COLUMN family_member.month_limit_fen IS 'Most in a calendar month, fen; null: no limit';
COMMENT ON COLUMN family_member.year_limit_fen IS 'Most in a calendar year, fen; null: no limit';
COMMENT ON COLUMN family_member.invited_at IS 'Instant of the invitation, business time';
COMMENT ON COLUMN family_member.changed_at IS 'Instant of the newest step, business time';
COMMENT ON COLUMN family_member.activated_at IS 'Instant from which the account pays for the member, business time; null before. Members'' charges go to their sharers in this order';
COMMENT ON COLUMN family_member.ended_at IS 'Instant at which it was over, business time; null before';
COMMENT ON COLUMN family_member.invited_until IS 'Last day on which the invitation can be accepted';
COMMENT ON COLUMN family_member.ends_not_before IS 'First day on which either side can end it; null before it is active';
COMMENT ON COLUMN family_member.family_member_id IS 'Id, with the owner''s key';
COMMENT ON COLUMN family_member.owner_id IS 'Public id of the owner';
COMMENT ON COLUMN family_member.account_id IS 'Account that is shared';
COMMENT ON COLUMN family_member.member_id IS 'Public id of the member';
COMMENT ON COLUMN family_member.guardian_id IS 'Public id of the guardian; null for adults';
COMMENT ON COLUMN family_member.pool_code IS 'Pool of the account';
COMMENT ON COLUMN family_member.relation IS 'What the member is of the owner';
COMMENT ON COLUMN family_member.way IS 'direct: the account pays the member''s charges; wallet: the owner moves money to the member''s wallet';
COMMENT ON COLUMN family_member.state IS 'Of machine family_member';
COMMENT ON COLUMN family_member.usages IS 'What the owner lets the money pay for';
CREATE UNIQUE INDEX family_member_one_open ON family_member (person_key, account_id, member_person_key) WHERE state IN ('invited', 'active');
COMMENT ON INDEX family_member_one_open IS 'A person is invited to an account, or a member of it, once';
CREATE INDEX family_member_member ON family_member (member_person_key, activated_at);
COMMENT ON INDEX family_member_member IS 'The sharers of a member in their order, for charges; and what they were invited to';
CREATE INDEX family_member_guardian ON family_member (guardian_person_key) WHERE guardian_person_key IS NOT NULL;
COMMENT ON INDEX family_member_guardian IS 'What a guardian decides about';
CREATE INDEX family_member_due ON family_member (invited_until) WHERE state = 'invited';
COMMENT ON INDEX family_member_due IS 'Invitations that run out';

CREATE TABLE charge_share (
    person_key bigint NOT NULL,
    charge_person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    captured_fen bigint NOT NULL CHECK (captured_fen BETWEEN 0 AND amount_fen),
    current_year_fen bigint NOT NULL CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen >= 0),
    refunded_fen bigint NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND captured_fen),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at),
    expires_at timestamptz,
    business_date date NOT NULL,
    captured_on date,
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 100),
    share_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    account_id uuid NOT NULL,
    family_member_id uuid,
    provider_id uuid NOT NULL,
    current_year_entry_id uuid,
    carried_over_entry_id uuid,
    pool_code text NOT NULL CHECK (octet_length(pool_code) = 6),
    payer_kind text NOT NULL CHECK (payer_kind IN ('own', 'wallet', 'family')),
    state text NOT NULL CHECK (state IN ('held', 'captured', 'voided', 'expired')),
    usage text NOT NULL CHECK (usage IN ('medicine', 'device', 'consumable', 'treatment', 'premium')),
    PRIMARY KEY (person_key, share_id),
    CHECK (captured_fen = current_year_fen + carried_over_fen),
    CHECK ((state = 'captured') = (captured_fen > 0)),
    CHECK ((state = 'captured') = (captured_on IS NOT NULL)),
    CHECK (state = 'captured' OR expires_at IS NOT NULL),
    CHECK ((current_year_entry_id IS NOT NULL) = (current_year_fen > 0)),
    CHECK ((carried_over_entry_id IS NOT NULL) = (carried_over_fen > 0)),
    CHECK ((payer_kind = 'family') = (family_member_id IS NOT NULL)),
    CHECK ((payer_kind = 'family') = (person_key <> charge_person_key))
);
COMMENT ON TABLE charge_share IS 'What an account pays of a charge beside the account that was charged: another account of the same person, their wallet, or a relative''s account; the row is the payer''s';
COMMENT ON COLUMN charge_share.person_key IS 'Payer, whose account it is';
COMMENT ON COLUMN charge_share.charge_person_key IS 'Person for whom was charged: the key in charge_id';
COMMENT ON COLUMN charge_share.amount_fen IS 'Charged at once or reserved, fen';
COMMENT ON COLUMN charge_share.captured_fen IS 'Taken, fen: the sum of both parts';
COMMENT ON COLUMN charge_share.current_year_fen IS 'Taken from the current-year part, fen';
COMMENT ON COLUMN charge_share.carried_over_fen IS 'Taken from the carried-over part, fen';
COMMENT ON COLUMN charge_share.refunded_fen IS 'Given back, fen: the sum of its rows of charge_share_refund';
COMMENT ON COLUMN charge_share.created_at IS 'Instant of creation, business time: that of the charge';
COMMENT ON COLUMN charge_share.changed_at IS 'Instant of the newest change, business time';
COMMENT ON COLUMN charge_share.expires_at IS 'End of the hold; null: charged at once';
COMMENT ON COLUMN charge_share.business_date IS 'Business day of the charge';
COMMENT ON COLUMN charge_share.captured_on IS 'Business day on which it was taken; null before';
COMMENT ON COLUMN charge_share.position IS 'Order in which payers pay: 1 is the first after the account that was charged; refunds go back in reverse';
COMMENT ON COLUMN charge_share.share_id IS 'Id, with the payer''s key: operation_id of its entries and hold_id of its hold';
COMMENT ON COLUMN charge_share.charge_id IS 'The charge';
COMMENT ON COLUMN charge_share.account_id IS 'Account that pays';
COMMENT ON COLUMN charge_share.family_member_id IS 'What allows it; null for accounts of the person''s own';
COMMENT ON COLUMN charge_share.provider_id IS 'Institution that charged';
COMMENT ON COLUMN charge_share.current_year_entry_id IS 'Entry on the current-year part; null when that paid nothing';
COMMENT ON COLUMN charge_share.carried_over_entry_id IS 'Entry on the carried-over part; null when that paid nothing';
COMMENT ON COLUMN charge_share.pool_code IS 'Pool of the account that pays';
COMMENT ON COLUMN charge_share.payer_kind IS 'own (another account of the same person), wallet, or family';
COMMENT ON COLUMN charge_share.state IS 'That of this payer''s part: as of the charge, but voided where a capture took nothing of it';
COMMENT ON COLUMN charge_share.usage IS 'What was paid for';
CREATE UNIQUE INDEX charge_share_charge ON charge_share (charge_id, person_key, account_id);
COMMENT ON INDEX charge_share_charge IS 'Payers of a charge, each account once';
CREATE INDEX charge_share_account_day ON charge_share (person_key, account_id, business_date);
COMMENT ON INDEX charge_share_account_day IS 'What an account has paid, for limits of days';
CREATE INDEX charge_share_member ON charge_share (person_key, family_member_id, business_date) WHERE family_member_id IS NOT NULL;
COMMENT ON INDEX charge_share_member IS 'What a relative has used, for limits and reports';
CREATE INDEX charge_share_hold ON charge_share (person_key, account_id) WHERE state = 'held';
COMMENT ON INDEX charge_share_hold IS 'Open holds of an account';

CREATE TABLE charge_share_refund (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    current_year_fen bigint NOT NULL CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen >= 0),
    account_person_key bigint NOT NULL,
    created_at timestamptz NOT NULL,
    business_date date NOT NULL,
    share_refund_id uuid NOT NULL,
    refund_id uuid NOT NULL,
    share_id uuid NOT NULL,
    account_id uuid NOT NULL,
    current_year_entry_id uuid,
    carried_over_entry_id uuid,
    pool_code text NOT NULL CHECK (octet_length(pool_code) = 6),
    current_year_into text NOT NULL CHECK (current_year_into IN ('current_year', 'carried_over')),
    PRIMARY KEY (person_key, share_refund_id),
    CHECK (amount_fen = current_year_fen + carried_over_fen),
    CHECK ((current_year_entry_id IS NOT NULL) = (current_year_fen > 0)),
    CHECK ((carried_over_entry_id IS NOT NULL) = (carried_over_fen > 0))
);
COMMENT ON TABLE charge_share_refund IS 'What a payer of charge_share was given back; the row is the payer''s';
COMMENT ON COLUMN charge_share_refund.person_key IS 'Payer: the key in share_id';
COMMENT ON COLUMN charge_share_refund.amount_fen IS 'Given back, fen';
COMMENT ON COLUMN charge_share_refund.current_year_fen IS 'Of what the current-year part had paid, fen';
COMMENT ON COLUMN charge_share_refund.carried_over_fen IS 'Of what the carried-over part had paid, fen';
COMMENT ON COLUMN charge_share_refund.account_person_key IS 'Whose account received: the payer, or who they were merged into';
COMMENT ON COLUMN charge_share_refund.created_at IS 'Instant, business time';
COMMENT ON COLUMN charge_share_refund.business_date IS 'Business day';
COMMENT ON COLUMN charge_share_refund.share_refund_id IS 'Id, with the payer''s key: operation_id of its entries';
COMMENT ON COLUMN charge_share_refund.refund_id IS 'The refund that it is a part of';
COMMENT ON COLUMN charge_share_refund.share_id IS 'What is given back';
COMMENT ON COLUMN charge_share_refund.account_id IS 'Account that received';
COMMENT ON COLUMN charge_share_refund.current_year_entry_id IS 'Entry that gives back what the current-year part had paid; null when nothing';
COMMENT ON COLUMN charge_share_refund.carried_over_entry_id IS 'Entry that gives back what the carried-over part had paid; null when nothing';
COMMENT ON COLUMN charge_share_refund.pool_code IS 'Pool of the account';
COMMENT ON COLUMN charge_share_refund.current_year_into IS 'Part that received what the current-year part had paid';
CREATE INDEX charge_share_refund_share ON charge_share_refund (person_key, share_id);
COMMENT ON INDEX charge_share_refund_share IS 'What of a payer''s part was given back';
CREATE INDEX charge_share_refund_refund ON charge_share_refund (refund_id);
COMMENT ON INDEX charge_share_refund_refund IS 'Payers that a refund gave back to';

CREATE TABLE wallet_transfer (
    person_key bigint NOT NULL,
    receiver_person_key bigint NOT NULL CHECK (receiver_person_key <> person_key),
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    current_year_fen bigint NOT NULL CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen >= 0),
    created_at timestamptz NOT NULL,
    returns_at timestamptz NOT NULL CHECK (returns_at > created_at),
    ended_at timestamptz,
    business_date date NOT NULL,
    wallet_transfer_id uuid NOT NULL,
    account_id uuid NOT NULL,
    receiver_id uuid NOT NULL,
    wallet_account_id uuid,
    family_member_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'cancelled', 'returned')),
    PRIMARY KEY (person_key, wallet_transfer_id),
    CHECK (amount_fen = current_year_fen + carried_over_fen),
    CHECK ((state = 'pending') = (ended_at IS NULL)),
    CHECK ((state = 'accepted') = (wallet_account_id IS NOT NULL))
);
COMMENT ON TABLE wallet_transfer IS 'Money on the way from an account to a relative''s wallet (医保钱包); the row is the sender''s';
COMMENT ON COLUMN wallet_transfer.person_key IS 'Sender';
COMMENT ON COLUMN wallet_transfer.receiver_person_key IS 'Receiver: the member';
COMMENT ON COLUMN wallet_transfer.amount_fen IS 'Moved, fen: the sum of both parts';
COMMENT ON COLUMN wallet_transfer.current_year_fen IS 'Of the sender''s current-year part, fen';
COMMENT ON COLUMN wallet_transfer.carried_over_fen IS 'Of the sender''s carried-over part, fen';
COMMENT ON COLUMN wallet_transfer.created_at IS 'Instant at which the money left, business time';
COMMENT ON COLUMN wallet_transfer.returns_at IS 'Instant from which it cannot be accepted any more and goes back, business time';
COMMENT ON COLUMN wallet_transfer.ended_at IS 'Instant at which it arrived or was back, business time; null before';
COMMENT ON COLUMN wallet_transfer.business_date IS 'Business day on which it left';
COMMENT ON COLUMN wallet_transfer.wallet_transfer_id IS 'Id, with the sender''s key: operation_id of its entries';
COMMENT ON COLUMN wallet_transfer.account_id IS 'Sender''s account';
COMMENT ON COLUMN wallet_transfer.receiver_id IS 'Public id of the receiver';
COMMENT ON COLUMN wallet_transfer.wallet_account_id IS 'Receiver''s wallet: their account of pool 000000; null until accepted';
COMMENT ON COLUMN wallet_transfer.family_member_id IS 'What allows it';
COMMENT ON COLUMN wallet_transfer.pool_code IS 'Pool of the sender''s account';
COMMENT ON COLUMN wallet_transfer.state IS 'Of machine wallet_transfer';
CREATE INDEX wallet_transfer_receiver ON wallet_transfer (receiver_person_key, wallet_transfer_id);
COMMENT ON INDEX wallet_transfer_receiver IS 'What somebody was sent';
CREATE INDEX wallet_transfer_day ON wallet_transfer (person_key, business_date);
COMMENT ON INDEX wallet_transfer_day IS 'What a sender has sent on a day, for the limit';
CREATE INDEX wallet_transfer_due ON wallet_transfer (returns_at) WHERE state = 'pending';
COMMENT ON INDEX wallet_transfer_due IS 'What goes back when it is not accepted';

CREATE TABLE transfer (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL DEFAULT 0 CHECK (amount_fen BETWEEN 0 AND 9007199254740991),
    current_year_fen bigint NOT NULL DEFAULT 0 CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL DEFAULT 0 CHECK (carried_over_fen >= 0),
    created_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL CHECK (entered_at >= created_at),
    ended_at timestamptz,
    due_on date,
    reminded_on date,
    overdue_noted_on date,
    moves_on date,
    months_moved integer CHECK (months_moved >= 0),
    transfer_id uuid NOT NULL,
    person_id uuid NOT NULL,
    from_enrolment_id uuid NOT NULL,
    to_enrolment_id uuid,
    from_account_id uuid,
    to_account_id uuid,
    take_in_id uuid,
    return_id uuid,
    withdrawal_id uuid,
    out_checked_by uuid,
    in_checked_by uuid,
    out_reviewed_by uuid,
    in_reviewed_by uuid,
    machine text NOT NULL CHECK (machine IN ('transfer', 'transfer_payout')),
    way text NOT NULL CHECK (way IN ('in_province', 'cross_province', 'payout', 'scheme_only')),
    state text NOT NULL,
    from_pool_code text NOT NULL CHECK (from_pool_code ~ '^[0-9]{6}$'),
    to_pool_code text NOT NULL CHECK (to_pool_code ~ '^[0-9]{6}$'),
    from_scheme text NOT NULL CHECK (from_scheme IN ('employee', 'resident')),
    to_scheme text NOT NULL CHECK (to_scheme IN ('employee', 'resident')),
    from_account_status text,
    bank_card_sealed bytea CHECK (octet_length(bank_card_sealed) BETWEEN 32 AND 256),
    record_form jsonb,
    PRIMARY KEY (person_key, transfer_id),
    CHECK (amount_fen = current_year_fen + carried_over_fen),
    CHECK ((from_pool_code, from_scheme) <> (to_pool_code, to_scheme)),
    CHECK ((way = 'payout') = (machine = 'transfer_payout')),
    CHECK ((way = 'payout') = (bank_card_sealed IS NOT NULL))
);
COMMENT ON TABLE transfer IS 'Applications to move the insurance relation to another pool or scheme (转移接续), and how far they are';
COMMENT ON COLUMN transfer.person_key IS 'Person';
COMMENT ON COLUMN transfer.amount_fen IS 'Money that left the old account for transit, fen: the sum of both parts; 0 before, and where none moves';
COMMENT ON COLUMN transfer.current_year_fen IS 'Of the current-year part, fen';
COMMENT ON COLUMN transfer.carried_over_fen IS 'Of the carried-over part, fen';
COMMENT ON COLUMN transfer.created_at IS 'Instant of the application, business time';
COMMENT ON COLUMN transfer.entered_at IS 'Instant at which it came into its state, business time';
COMMENT ON COLUMN transfer.ended_at IS 'Instant at which it was over, business time; null before';
COMMENT ON COLUMN transfer.due_on IS 'Last day by which the desk that has it must have decided: working days from entered_at; null when no desk has it';
COMMENT ON COLUMN transfer.reminded_on IS 'Day on which its desk was reminded of due_on; null: not yet';
COMMENT ON COLUMN transfer.overdue_noted_on IS 'Day on which it was noted that due_on has passed; null: not';
COMMENT ON COLUMN transfer.moves_on IS 'First day of the new enrolment, from which the new pool''s rules apply; null until the old one is closed';
COMMENT ON COLUMN transfer.months_moved IS 'Months of contributions on the record form; null until it is issued';
COMMENT ON COLUMN transfer.transfer_id IS 'Id, with the person''s key: operation_id of the entries that take money out';
COMMENT ON COLUMN transfer.person_id IS 'Public id of the person';
COMMENT ON COLUMN transfer.from_enrolment_id IS 'Enrolment that ends';
COMMENT ON COLUMN transfer.to_enrolment_id IS 'Enrolment that begins: the pending_in one that the person has, or the one that is opened; null before';
COMMENT ON COLUMN transfer.from_account_id IS 'Account of the old pool; null without one';
COMMENT ON COLUMN transfer.to_account_id IS 'Account of the new pool; null without one, or before it is opened';
COMMENT ON COLUMN transfer.take_in_id IS 'operation_id of the entries that bring the money in; null before';
COMMENT ON COLUMN transfer.return_id IS 'operation_id of the entries that bring it back; null unless it came back';
COMMENT ON COLUMN transfer.withdrawal_id IS 'Withdrawal by which the money is paid out where the destination cannot take it; null otherwise';
COMMENT ON COLUMN transfer.out_checked_by IS 'Subject who checked it for the old pool; null before';
COMMENT ON COLUMN transfer.in_checked_by IS 'Subject who checked it for the new pool; null before';
COMMENT ON COLUMN transfer.out_reviewed_by IS 'Subject who let it go; null before';
COMMENT ON COLUMN transfer.in_reviewed_by IS 'Subject who took it in; null before';
COMMENT ON COLUMN transfer.machine IS 'transfer, or transfer_payout where the destination is not connected';
COMMENT ON COLUMN transfer.way IS 'in_province: no money moves; cross_province: it moves; payout: to the person''s own bank account; scheme_only: another scheme of the same pool, no money moves';
COMMENT ON COLUMN transfer.state IS 'Of its machine';
COMMENT ON COLUMN transfer.from_pool_code IS 'Old pool';
COMMENT ON COLUMN transfer.to_pool_code IS 'New pool';
COMMENT ON COLUMN transfer.from_scheme IS 'Old scheme';
COMMENT ON COLUMN transfer.to_scheme IS 'New scheme';
COMMENT ON COLUMN transfer.from_account_status IS 'Status of the old account before it moved; null before, and without one';
COMMENT ON COLUMN transfer.bank_card_sealed IS 'Sealed number of the person''s own bank card for a payout (associated data transfer.bank_card, transfer_id); null otherwise';
COMMENT ON COLUMN transfer.record_form IS 'Record form of the old pool: periods and sums of contributions, no personal data; null until it is issued';
CREATE UNIQUE INDEX transfer_one_open ON transfer (person_key) WHERE ended_at IS NULL;
COMMENT ON INDEX transfer_one_open IS 'A person has one transfer under way';
CREATE INDEX transfer_out_desk ON transfer (from_pool_code, state, due_on) WHERE ended_at IS NULL;
COMMENT ON INDEX transfer_out_desk IS 'Queue of the old pool''s desk';
CREATE INDEX transfer_in_desk ON transfer (to_pool_code, state, due_on) WHERE ended_at IS NULL;
COMMENT ON INDEX transfer_in_desk IS 'Queue of the new pool''s desk';
CREATE INDEX transfer_due ON transfer (due_on) WHERE due_on IS NOT NULL;
COMMENT ON INDEX transfer_due IS 'Deadlines, for reminders';

CREATE TABLE withdrawal (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL DEFAULT 0 CHECK (amount_fen BETWEEN 0 AND 9007199254740991),
    current_year_fen bigint NOT NULL DEFAULT 0 CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL DEFAULT 0 CHECK (carried_over_fen >= 0),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at),
    ended_at timestamptz,
    paid_on date,
    withdrawal_id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid NOT NULL,
    transfer_id uuid,
    return_id uuid,
    payout_file_id uuid,
    reviewed_by uuid,
    approved_by uuid CHECK (approved_by <> reviewed_by),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    reason text NOT NULL CHECK (reason IN ('death', 'emigration', 'foreigner_leaving', 'destination_not_connected', 'resettled_retiree', 'resident_scheme')),
    state text NOT NULL CHECK (state IN ('submitted', 'reviewed', 'approved', 'instructed', 'paid', 'bounced', 'returned', 'rejected', 'cancelled')),
    account_status text,
    payee_kind text NOT NULL CHECK (payee_kind IN ('person', 'heir')),
    paid_by text CHECK (paid_by IN ('bank', 'window')),
    bank_card_sealed bytea NOT NULL CHECK (octet_length(bank_card_sealed) BETWEEN 32 AND 256),
    payee_name_sealed bytea NOT NULL CHECK (octet_length(payee_name_sealed) BETWEEN 32 AND 512),
    bounce_code text CHECK (bounce_code ~ '^[a-z][a-z0-9_]{0,39}$'),
    PRIMARY KEY (person_key, withdrawal_id),
    CHECK (amount_fen = current_year_fen + carried_over_fen),
    CHECK ((payee_kind = 'heir') = (reason = 'death')),
    CHECK ((paid_on IS NOT NULL) = (state = 'paid')),
    CHECK ((ended_at IS NOT NULL) = (state IN ('paid', 'returned', 'rejected', 'cancelled')))
);
COMMENT ON TABLE withdrawal IS 'Money of an account on its way to a bank account (一次性支取): applications, reviews and payouts';
COMMENT ON COLUMN withdrawal.person_key IS 'Person whose account it is';
COMMENT ON COLUMN withdrawal.amount_fen IS 'Taken from the account, fen: all that it held when it was approved, the sum of both parts; 0 before';
COMMENT ON COLUMN withdrawal.current_year_fen IS 'Of the current-year part, fen';
COMMENT ON COLUMN withdrawal.carried_over_fen IS 'Of the carried-over part, fen';
COMMENT ON COLUMN withdrawal.created_at IS 'Instant of the application, business time';
COMMENT ON COLUMN withdrawal.changed_at IS 'Instant of the newest step, business time';
COMMENT ON COLUMN withdrawal.ended_at IS 'Instant at which it was over, business time; null before';
COMMENT ON COLUMN withdrawal.paid_on IS 'Day on which the bank paid, or cash was handed out; null before';
COMMENT ON COLUMN withdrawal.withdrawal_id IS 'Id, with the person''s key: operation_id of the entries that take the money';
COMMENT ON COLUMN withdrawal.person_id IS 'Public id of the person';
COMMENT ON COLUMN withdrawal.account_id IS 'Account';
COMMENT ON COLUMN withdrawal.transfer_id IS 'Transfer that it belongs to; null otherwise';
COMMENT ON COLUMN withdrawal.return_id IS 'operation_id of the entries that bring the money back; null unless it came back';
COMMENT ON COLUMN withdrawal.payout_file_id IS 'Newest payout file that it stands in; null before';
COMMENT ON COLUMN withdrawal.reviewed_by IS 'Subject of the first review; null before';
COMMENT ON COLUMN withdrawal.approved_by IS 'Subject of the second review; null before';
COMMENT ON COLUMN withdrawal.pool_code IS 'Pool of the account';
COMMENT ON COLUMN withdrawal.reason IS 'Why the money may be paid out';
COMMENT ON COLUMN withdrawal.state IS 'Of machine withdrawal';
COMMENT ON COLUMN withdrawal.account_status IS 'Status of the account before the money was taken; null before';
COMMENT ON COLUMN withdrawal.payee_kind IS 'Whose bank account it is';
COMMENT ON COLUMN withdrawal.paid_by IS 'How it was paid; null before';
COMMENT ON COLUMN withdrawal.bank_card_sealed IS 'Sealed number of the bank card (associated data withdrawal.bank_card, withdrawal_id)';
COMMENT ON COLUMN withdrawal.payee_name_sealed IS 'Sealed name of whose bank account it is (associated data withdrawal.payee_name, withdrawal_id)';
COMMENT ON COLUMN withdrawal.bounce_code IS 'Why the bank sent the newest payout back; null unless it did';
CREATE UNIQUE INDEX withdrawal_one_open ON withdrawal (person_key, account_id) WHERE ended_at IS NULL;
COMMENT ON INDEX withdrawal_one_open IS 'An account has one withdrawal under way';
CREATE INDEX withdrawal_queue ON withdrawal (pool_code, state, withdrawal_id) WHERE ended_at IS NULL;
COMMENT ON INDEX withdrawal_queue IS 'What waits for staff of a pool';
CREATE INDEX withdrawal_file ON withdrawal (payout_file_id) WHERE payout_file_id IS NOT NULL;
COMMENT ON INDEX withdrawal_file IS 'What stands in a payout file';

CREATE TABLE document (
    person_key bigint NOT NULL,
    size_bytes integer NOT NULL CHECK (size_bytes BETWEEN 1 AND 10485760),
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    document_id uuid NOT NULL,
    object_id uuid NOT NULL,
    uploaded_by uuid NOT NULL,
    object_kind text NOT NULL CHECK (object_kind IN ('transfer', 'withdrawal')),
    document_kind text NOT NULL CHECK (document_kind ~ '^[a-z][a-z_]{0,39}$'),
    content_type text NOT NULL CHECK (content_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    uploader_kind text NOT NULL CHECK (uploader_kind IN ('citizen', 'client', 'staff')),
    PRIMARY KEY (person_key, document_id)
);
COMMENT ON TABLE document IS 'Scans that people or staff hand in for transfers and withdrawals; the bytes are elsewhere, sealed';
COMMENT ON COLUMN document.person_key IS 'Person whose thing it belongs to';
COMMENT ON COLUMN document.size_bytes IS 'Size of the document, bytes';
COMMENT ON COLUMN document.created_at IS 'Instant at which it was handed in, business time';
COMMENT ON COLUMN document.removed_at IS 'Instant at which it was taken back, business time; null: it stands';
COMMENT ON COLUMN document.document_id IS 'Id, with the person''s key';
COMMENT ON COLUMN document.object_id IS 'The transfer or withdrawal';
COMMENT ON COLUMN document.uploaded_by IS 'Subject who handed it in';
COMMENT ON COLUMN document.object_kind IS 'What object_id is';
COMMENT ON COLUMN document.document_kind IS 'Kind, of material_rule';
COMMENT ON COLUMN document.content_type IS 'What its bytes are';
COMMENT ON COLUMN document.content_hash IS 'Keyed hash of its bytes';
COMMENT ON COLUMN document.uploader_kind IS 'Kind of who handed it in';
CREATE INDEX document_object ON document (person_key, object_id, document_id);
COMMENT ON INDEX document_object IS 'Documents of a transfer or withdrawal';

INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('wallet_out', 'debit', 'transit'),
    ('wallet_in', 'credit', 'transit'),
    ('wallet_return', 'credit', 'transit'),
    ('transfer_out', 'debit', 'transit'),
    ('transfer_in', 'credit', 'transit'),
    ('transfer_return', 'credit', 'transit'),
    ('withdrawal', 'debit', 'withdrawal_payable'),
    ('withdrawal_return', 'credit', 'withdrawal_payable');

-- What comes in by transfer or wallet is taken also where nothing is contributed any more.
INSERT INTO account_status_rule (status, operation, allowed)
SELECT status, 'take_in', status IN ('active', 'suspended', 'spend_only')
  FROM unnest('{active,suspended,frozen,spend_only,deceased,closed}'::text[]) AS status;

-- Wallets are accounts of the nation: they need the other side of their entries.
INSERT INTO system_account (system_account, kind, pool_code)
SELECT kind || ':000000', kind, '000000' FROM unnest('{transit,interest,adjustment,withdrawal_payable}'::text[]) AS kind
    ON CONFLICT DO NOTHING;

GRANT SELECT ON state_step, family_rule, wallet_rule, transfer_rule, material_rule TO yibao_app;
GRANT SELECT, INSERT ON state_change, family_member, charge_share, charge_share_refund, wallet_transfer, transfer,
    withdrawal, document TO yibao_app;
GRANT UPDATE (state, changed_at, activated_at, ended_at, ends_not_before, charge_limit_fen, month_limit_fen,
              year_limit_fen, usages) ON family_member TO yibao_app;
GRANT UPDATE (state, captured_fen, current_year_fen, carried_over_fen, refunded_fen, changed_at, captured_on,
              current_year_entry_id, carried_over_entry_id) ON charge_share TO yibao_app;
GRANT UPDATE (state, ended_at, wallet_account_id) ON wallet_transfer TO yibao_app;
GRANT UPDATE (state, amount_fen, current_year_fen, carried_over_fen, entered_at, ended_at, due_on, reminded_on,
              overdue_noted_on, moves_on, months_moved, to_enrolment_id, to_account_id, take_in_id, return_id,
              withdrawal_id, out_checked_by, in_checked_by, out_reviewed_by, in_reviewed_by, from_account_status,
              record_form) ON transfer TO yibao_app;
GRANT UPDATE (state, amount_fen, current_year_fen, carried_over_fen, changed_at, ended_at, paid_on, return_id,
              payout_file_id, reviewed_by, approved_by, account_status, paid_by, bank_card_sealed,
              bounce_code) ON withdrawal TO yibao_app;
GRANT UPDATE (removed_at) ON document TO yibao_app;

-- migrate:down
DELETE FROM system_account WHERE pool_code = '000000';
DELETE FROM account_status_rule WHERE operation = 'take_in';
DELETE FROM entry_rule WHERE entry_kind IN ('wallet_out', 'wallet_in', 'wallet_return', 'transfer_out', 'transfer_in',
    'transfer_return', 'withdrawal', 'withdrawal_return');
DROP TABLE document, withdrawal, transfer, wallet_transfer, charge_share_refund, charge_share, family_member,
    material_rule, transfer_rule, wallet_rule, family_rule, state_change, state_step;
