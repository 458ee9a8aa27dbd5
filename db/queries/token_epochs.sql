-- What every process follows: for each bucket of tokens how often one of them was revoked or changed (256 integers of 8
-- bytes, in
-- order), and how far the test clock is ahead.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- column: versions bytea
-- column: clock_advance_us int8
SELECT string_agg(int8send(token_epoch.version), ''::bytea ORDER BY token_epoch.bucket),
       (SELECT test_clock.advance_us FROM test_clock)
  FROM token_epoch
