-- Regions, pools, channels, working days and employers: reference data, loaded from db/data/ by every migrate.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE region (
    region_code text PRIMARY KEY CHECK (region_code ~ '^[0-9]{6}$'),
    name text NOT NULL CHECK (name <> ''),
    level text NOT NULL CHECK (level IN ('nation', 'province', 'city', 'county')),
    parent_code text CHECK (parent_code ~ '^[0-9]{6}$' AND parent_code <> region_code),
    CHECK ((level = 'nation') = (parent_code IS NULL))
);
COMMENT ON TABLE region IS 'Administrative divisions (GB/T 2260). Some are only headings; money knows pools, not regions';
COMMENT ON COLUMN region.region_code IS 'Six digits of GB/T 2260; 000000 is the nation';
COMMENT ON COLUMN region.name IS 'Official name in Chinese';
COMMENT ON COLUMN region.level IS 'nation, province, city or county';
COMMENT ON COLUMN region.parent_code IS 'Code of the division this one lies in; null for the nation';
CREATE INDEX region_parent ON region (parent_code);

CREATE TABLE pool (
    pool_code text PRIMARY KEY CHECK (pool_code ~ '^[0-9]{6}$'),
    name text NOT NULL CHECK (name <> ''),
    province_code text NOT NULL CHECK (province_code ~ '^[0-9]{2}0000$'),
    policy_parent_code text NOT NULL CHECK (policy_parent_code ~ '^[0-9]{6}$' AND policy_parent_code <> pool_code),
    connected boolean NOT NULL,
    account_year_starts_month smallint NOT NULL DEFAULT 1 CHECK (account_year_starts_month BETWEEN 1 AND 12),
    source text NOT NULL,
    CHECK (left(pool_code, 2) = left(province_code, 2))
);
COMMENT ON TABLE pool IS 'Pooling areas (统筹地区): each keeps its own money. Every enrolment and account belongs to one';
COMMENT ON COLUMN pool.pool_code IS 'Six digits, as the region that keeps the pool';
COMMENT ON COLUMN pool.name IS 'Name in Chinese';
COMMENT ON COLUMN pool.province_code IS 'Code of its province';
COMMENT ON COLUMN pool.policy_parent_code IS 'Where a rule is looked up next when the pool has none: a province, then 000000';
COMMENT ON COLUMN pool.connected IS 'Whether transfers to it can go over the national platform';
COMMENT ON COLUMN pool.account_year_starts_month IS 'Month (1 to 12) in which its account year starts: money of older years is carried over';
COMMENT ON COLUMN pool.source IS 'Where this row comes from';
CREATE INDEX pool_province ON pool (province_code);

CREATE TABLE channel (
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    channel_code text NOT NULL CHECK (channel_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    kind text NOT NULL CHECK (kind IN ('query', 'payment')),
    name text NOT NULL CHECK (name <> ''),
    can_do text NOT NULL,
    hotline text,
    url text CHECK (url ~ '^https://'),
    address text,
    opening_hours text,
    what_to_bring text,
    steps text,
    source text NOT NULL,
    PRIMARY KEY (pool_code, kind, channel_code)
);
COMMENT ON TABLE channel IS 'Where and how people can query and pay in a pool; a pool without rows has those of 000000';
COMMENT ON COLUMN channel.pool_code IS 'Pool, or 000000 for what holds everywhere';
COMMENT ON COLUMN channel.channel_code IS 'Short stable name: hotline, wechat, alipay, agency_window, …';
COMMENT ON COLUMN channel.kind IS 'query or payment';
COMMENT ON COLUMN channel.name IS 'Name shown to people, in Chinese';
COMMENT ON COLUMN channel.can_do IS 'What can be done there, in Chinese, items separated by semicolons';
COMMENT ON COLUMN channel.hotline IS 'Telephone number; null where there is none';
COMMENT ON COLUMN channel.url IS 'Web address; null where there is none';
COMMENT ON COLUMN channel.address IS 'Street address of a window; null where there is none';
COMMENT ON COLUMN channel.opening_hours IS 'When it is open, in Chinese; null when always';
COMMENT ON COLUMN channel.what_to_bring IS 'Documents and data to have at hand, in Chinese, separated by semicolons; null for nothing';
COMMENT ON COLUMN channel.steps IS 'How to proceed, in Chinese, steps separated by semicolons; null where plain';
COMMENT ON COLUMN channel.source IS 'Where this row comes from';

CREATE TABLE working_day (
    day date PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('holiday', 'workday'))
);
COMMENT ON TABLE working_day IS 'Exceptions to Monday to Friday, by the yearly notices of the State Council';
COMMENT ON COLUMN working_day.day IS 'Day in Asia/Shanghai';
COMMENT ON COLUMN working_day.kind IS 'holiday: a weekday off; workday: a weekend day worked';

CREATE TABLE employer (
    employer_code text PRIMARY KEY CHECK (employer_code ~ '^[0-9A-Z]{18}$'),
    name text,
    check_digit_valid boolean NOT NULL,
    first_seen_at timestamptz NOT NULL
);
COMMENT ON TABLE employer IS 'Employers (用人单位) seen in imports';
COMMENT ON COLUMN employer.employer_code IS 'Unified Social Credit Code (GB 32100), 18 characters';
COMMENT ON COLUMN employer.name IS 'Name in Chinese; null when not known';
COMMENT ON COLUMN employer.check_digit_valid IS 'Whether the check character fits; some really registered codes do not, so it only warns';
COMMENT ON COLUMN employer.first_seen_at IS 'Instant of the import that brought it';

GRANT SELECT ON region, pool, channel, working_day TO yibao_app;
GRANT SELECT, INSERT, UPDATE ON employer TO yibao_app;

-- migrate:down
DROP TABLE employer, working_day, channel, pool, region;
