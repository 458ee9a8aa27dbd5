-- Tells for each bucket of tokens how often one of them was revoked or changed: 256 integers of 8 bytes, in order.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- column: versions bytea
SELECT string_agg(int8send(token_epoch.version), ''::bytea ORDER BY token_epoch.bucket)
  FROM token_epoch
