// The balance read of yibaod on Fastify and pg: two cluster workers, the same checks, the same reply.
// SPDX-License-Identifier: Apache-2.0
// Environment: PORT, DATABASE_URL, POOL (connections of both workers together).
import cluster from 'node:cluster';
import { createHash, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const WORKERS = 2;
const TOKEN_CACHE_MS = 1000;
const RATE_PER_MINUTE = 100_000_000;
const VARY = 'Accept, Accept-Language';
const RATE_POLICY = `"principal";q=${RATE_PER_MINUTE};w=60`;

const TOKEN_FIND = {
  name: 'token_find',
  text: `SELECT token_id, kind, subject_id, expires_at FROM token
          WHERE token_hash = $1 AND revoked_at IS NULL
            AND EXISTS (SELECT FROM person
                         WHERE person.person_key = token.person_key AND person.person_id = token.subject_id)`,
};
const ACCOUNT_BALANCE = {
  name: 'account_balance',
  text: `SELECT person_id, pool_code, current_year_fen, carried_over_fen, held_fen, version,
                coalesce(last_posted_at, opened_at) AS changed_at
           FROM account
          WHERE person_key = $1 AND account_id = $2`,
};
const BALANCE_REPLY = {
  200: {
    type: 'object',
    properties: {
      account_id: { type: 'string' },
      balance_fen: { type: 'integer' },
      current_year_fen: { type: 'integer' },
      carried_over_fen: { type: 'integer' },
      held_fen: { type: 'integer' },
      available_fen: { type: 'integer' },
      as_of: { type: 'string' },
    },
  },
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INT8 = 20;
const KEY_BITS = (1n << 62n) - 1n;

pg.types.setTypeParser(INT8, Number);

function sharedKey(id) {
  return (BigInt('0x' + id.slice(19).replace('-', '')) & KEY_BITS).toString();
}

function serve() {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: Math.max(1, Number(process.env.POOL) / WORKERS),
  });
  const tokens = new Map();
  const rates = new Map();

  async function authenticate(header) {
    if (header === undefined || !header.startsWith('Bearer yb_')) return null;
    const hash = createHash('sha256').update(header.slice(7)).digest();
    const key = hash.toString('latin1');
    const now = Date.now();
    const known = tokens.get(key);
    if (known !== undefined && now - known.at < TOKEN_CACHE_MS) return known.token;
    const { rows } = await pool.query({ ...TOKEN_FIND, values: [hash] });
    const token = rows.length === 1 ? rows[0] : null;
    tokens.set(key, { at: now, token });
    return token;
  }

  function countRate(id) {
    const minute = Math.floor(Date.now() / 60_000);
    const rate = rates.get(id);
    if (rate === undefined || rate.minute !== minute) {
      rates.set(id, { minute, used: 1 });
      return 1;
    }
    return ++rate.used;
  }

  const app = Fastify({ logger: false, genReqId: () => randomUUID().replaceAll('-', '') });

  app.get('/v1/accounts/:account_id/balance', { schema: { response: BALANCE_REPLY } }, async (request, reply) => {
    reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store').header('Vary', VARY);
    const token = await authenticate(request.headers.authorization);
    if (token === null || (token.expires_at !== null && token.expires_at < new Date())) {
      return reply.code(401).header('WWW-Authenticate', 'Bearer').send();
    }
    const used = countRate(token.subject_id);
    reply.header('RateLimit-Policy', RATE_POLICY).header('RateLimit', `"principal";r=${RATE_PER_MINUTE - used};t=60`);
    if (used > RATE_PER_MINUTE) return reply.code(429).send();
    const { account_id } = request.params;
    if (!UUID.test(account_id)) return reply.code(400).send();
    const { rows } = await pool.query({ ...ACCOUNT_BALANCE, values: [sharedKey(account_id), account_id] });
    if (rows.length === 0 || rows[0].person_id !== token.subject_id) return reply.code(404).send();
    const account = rows[0];
    const etag = `"${account_id}-${account.version}-json"`;
    reply.header('ETag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    const balance_fen = account.current_year_fen + account.carried_over_fen;
    return {
      account_id,
      balance_fen,
      current_year_fen: account.current_year_fen,
      carried_over_fen: account.carried_over_fen,
      held_fen: account.held_fen,
      available_fen: balance_fen - account.held_fen,
      as_of: account.changed_at.toISOString(),
    };
  });

  app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

if (cluster.isPrimary) {
  for (let i = 0; i < WORKERS; i++) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  serve();
}
