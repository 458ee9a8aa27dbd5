-- Passwords and PINs end when the phone or number that they were set by turns out to be another's.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
GRANT DELETE ON credential TO yibao_app;

-- migrate:down
REVOKE DELETE ON credential FROM yibao_app;
