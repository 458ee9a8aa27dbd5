-- Exceptions to Monday to Friday, of working_days.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO working_day (day, kind)
SELECT date::date, kind FROM loaded
ON CONFLICT (day) DO UPDATE SET kind = excluded.kind WHERE working_day.kind <> excluded.kind
