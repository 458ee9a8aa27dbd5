-- First day of a pool's account year that a business day lies in: money for months before it is carried over.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: never null for arguments that are not. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION import_account_year(business_date date, starts_month smallint) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN make_date(extract(year FROM business_date)::int
                 - CASE WHEN extract(month FROM business_date) < starts_month THEN 1 ELSE 0 END, starts_month::int, 1);
