// The charge of yibaod on Fastify and pg, as one would write it: a transaction that locks the account, judges, and writes.
// SPDX-License-Identifier: Apache-2.0
// The same rows as yibaod: balance, entry with hash chain, charge, charge number, idempotency row, audit row. What it leaves
// out (holds, limits of a day, accounts of two parts, refusals that are kept) would only make it slower.
import { createHash, randomUUID } from 'node:crypto';
import { makeApp, sharedKey, start, UUID } from './common.js';

const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3_600_000;
const YEAR_2000_MS = Date.UTC(2000, 0, 1);
const UNIQUE_VIOLATION = '23505';
const NO_ID = '00000000-0000-0000-0000-000000000000';

const TOKEN_FIND = {
  name: 'token_find',
  text: `SELECT token.token_id, token.subject_id, token.expires_at, client.regions, provider.institution_type
           FROM token
           JOIN client ON client.client_id = token.subject_id AND client.state = 'active'
           JOIN provider ON provider.provider_id = client.client_id
          WHERE token.token_hash = $1 AND token.revoked_at IS NULL`,
};
const KEY_FIND = {
  name: 'key_find',
  text: `SELECT content_hash, object_id FROM idempotency_key
          WHERE principal_id = $1 AND operation = 'create_charge' AND key = $2`,
};
const ACCOUNT_LOCK = {
  name: 'account_lock',
  text: `SELECT account.*, usage_is_allowed(account.pool_code, $3, $4) AS is_usage_allowed,
                (SELECT allowed FROM account_status_rule AS rule
                  WHERE rule.status = account.status AND rule.operation = 'spend') AS may_spend
           FROM account WHERE person_key = $1 AND account_id = $2 FOR NO KEY UPDATE`,
};
const WRITE = {
  name: 'write',
  text: `WITH number AS (INSERT INTO business_number (scope_id, kind, number, object_id) VALUES ($1, 'charge', $2, $3)),
         balance AS (UPDATE account SET current_year_fen = $6, version = version + 1, last_seq = $7, last_hash = $8,
                            last_posted_at = $9 WHERE person_key = $4 AND account_id = $5),
         entry AS (INSERT INTO ledger_entry (person_key, account_id, seq, entry_id, operation_id, kind, part, direction,
                       amount_fen, current_year_after_fen, carried_over_after_fen, system_account, business_date, posted_at,
                       reference, hash_algorithm, hash)
                   VALUES ($4, $5, $7, $10, $3, 'charge', 'current_year', 'debit', $11, $6, $12, $13, $14, $9, $2, 'sha256', $8)),
         answer AS (INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, outcome, created_at)
                    VALUES ($1, 'create_charge', $20, $21, 'created', $3, jsonb_build_object('current_year_fen', $11::bigint,
                       'carried_over_fen', 0, 'created_at', $9::timestamptz, 'balance_after_fen', $6::bigint + $12::bigint), $9)),
         audit AS (INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code,
                       request_id) VALUES ($15, $9, 'client', $1, 'create_charge', $4, $3, $16, $17))
         INSERT INTO charge (person_key, charge_id, account_id, provider_id, pool_code, charge_no, usage, item, amount_fen,
             state, captured_fen, current_year_fen, carried_over_fen, created_at, changed_at, business_date, captured_on,
             current_year_entry_id)
         VALUES ($4, $3, $5, $1, $16, $2, $18, $19, $11, 'captured', $11, $11, 0, $9, $9, $14, $14, $10)`,
};
const CHARGE_BODY = {
  body: {
    type: 'object',
    required: ['account_id', 'charge_no', 'amount_fen', 'usage', 'capture'],
    additionalProperties: false,
    properties: {
      account_id: { type: 'string', pattern: UUID.source },
      charge_no: { type: 'string', minLength: 1, maxLength: 64 },
      amount_fen: { type: 'integer', minimum: 1 },
      usage: { enum: ['medicine', 'device', 'consumable', 'treatment', 'premium'] },
      item: { type: 'string', minLength: 1, maxLength: 128 },
      capture: { const: true },
    },
  },
};

function makeId(key) {
  const time = Date.now().toString(16).padStart(12, '0');
  const low = ((2n << 62n) | BigInt(key)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15, 18)}-${low.slice(0, 4)}-${low.slice(4)}`;
}

const uuidBytes = (id) => Buffer.from(id.replaceAll('-', ''), 'hex');

// The byte form of docs/ledger.md.
function entryHash(account, entry) {
  const numbers = Buffer.alloc(44);
  numbers.writeBigInt64BE(BigInt(-entry.amount_fen), 0);
  numbers.writeBigInt64BE(BigInt(entry.current_year_after_fen), 8);
  numbers.writeBigInt64BE(BigInt(account.carried_over_fen), 16);
  numbers.writeInt32BE(Math.floor((entry.now + SHANGHAI_MS - YEAR_2000_MS) / DAY_MS), 24);
  numbers.writeBigInt64BE(BigInt(entry.now - YEAR_2000_MS) * 1000n, 28);
  const seq = Buffer.alloc(8);
  seq.writeBigInt64BE(BigInt(entry.seq));
  return createHash('sha256').update(Buffer.from([1])).update(account.last_hash).update(uuidBytes(account.account_id))
    .update(seq).update(uuidBytes(entry.entry_id)).update(uuidBytes(entry.charge_id)).update(uuidBytes(NO_ID))
    .update(numbers.subarray(0, 36)).update(`charge\ncurrent_year\n${entry.system_account}\n${entry.charge_no}`).digest();
}

function refusal(account, body, regions) {
  if (account === undefined || !regions.some((region) => region === '000000' || region === account.pool_code
      || region === account.pool_code.slice(0, 2) + '0000')) return [404, 'not_found'];
  if (!account.is_usage_allowed) return [409, 'usage_not_allowed'];
  if (!account.may_spend) return [409, 'account_' + account.status];
  if (body.amount_fen > account.current_year_fen - account.held_fen) return [409, 'insufficient_balance'];
  return null;
}

async function charge(client, request) {
  const { body, token } = request;
  const key = sharedKey(body.account_id);
  const charge_id = makeId(key);
  const hash = createHash('sha256').update(JSON.stringify(body)).digest();
  const idempotencyKey = request.headers['idempotency-key'];
  const now = new Date();
  await client.query('BEGIN');
  const { rows: [answered] } = await client.query({ ...KEY_FIND, values: [token.subject_id, idempotencyKey] });
  if (answered !== undefined) {
    return hash.equals(answered.content_hash) ? [201, { charge_id: answered.object_id }] : [422, 'idempotency_key_reused'];
  }
  const { rows } = await client.query({
    ...ACCOUNT_LOCK, values: [key, body.account_id, token.institution_type, body.usage],
  });
  const account = rows[0];
  const refused = refusal(account, body, token.regions);
  if (refused !== null) return refused;
  const entry = {
    charge_id, entry_id: makeId(key), seq: account.last_seq + 1, amount_fen: body.amount_fen, charge_no: body.charge_no,
    now: Math.max(now.getTime(), account.last_posted_at?.getTime() ?? 0),
    current_year_after_fen: account.current_year_fen - body.amount_fen,
    system_account: `provider_payable:${account.pool_code}:${token.subject_id}`,
  };
  const day = new Date(entry.now + SHANGHAI_MS).toISOString().slice(0, 10);
  await client.query({ ...WRITE, values: [
    token.subject_id, body.charge_no, charge_id, key, body.account_id, entry.current_year_after_fen, entry.seq,
    entryHash(account, entry), new Date(entry.now), entry.entry_id, body.amount_fen, account.carried_over_fen,
    entry.system_account, day, makeId(key), account.pool_code, request.id, body.usage, body.item ?? null,
    idempotencyKey, hash,
  ] });
  return [201, {
    charge_id, account_id: body.account_id, charge_no: body.charge_no, state: 'captured', amount_fen: body.amount_fen,
    captured_fen: body.amount_fen, current_year_fen: body.amount_fen, carried_over_fen: 0, refunded_fen: 0,
    usage: body.usage, item: body.item ?? null, expires_at: null, created_at: new Date(entry.now).toISOString(),
    business_date: day,
  }];
}

function serve() {
  const { app, pool } = makeApp(TOKEN_FIND);

  app.post('/v1/charges', { schema: CHARGE_BODY }, async (request, reply) => {
    const idempotencyKey = request.headers['idempotency-key'];
    if (idempotencyKey === undefined || idempotencyKey.length < 8 || idempotencyKey.length > 128) return reply.code(400).send();
    const client = await pool.connect();
    try {
      const [status, answer] = await charge(client, request);
      await client.query(status === 201 ? 'COMMIT' : 'ROLLBACK');
      return reply.code(status).send(typeof answer === 'string' ? { code: answer } : answer);
    } catch (error) {
      await client.query('ROLLBACK');
      if (error.code === UNIQUE_VIOLATION) return reply.code(409).send({ code: 'request_in_progress' }); // the same key, meanwhile
      throw error;
    } finally {
      client.release();
    }
  });
  return app;
}

start(serve);
