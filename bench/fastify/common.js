// What both Fastify servers share: workers, connections, token check, rate count.
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
const INT8 = 20;
const KEY_BITS = (1n << 62n) - 1n;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

pg.types.setTypeParser(INT8, Number);

export function sharedKey(id) {
  return (BigInt('0x' + id.slice(19).replace('-', '')) & KEY_BITS).toString();
}

// A Fastify application and its connections; request.token is who asks, found by `tokenFind` and believed for a second.
export function makeApp(tokenFind) {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: Math.max(1, Number(process.env.POOL) / WORKERS),
  });
  const tokens = new Map();
  const rates = new Map();
  const app = Fastify({ logger: false, genReqId: () => randomUUID().replaceAll('-', '') });

  async function authenticate(header) {
    if (header === undefined || !header.startsWith('Bearer yb_')) return null;
    const hash = createHash('sha256').update(header.slice(7)).digest();
    const key = hash.toString('latin1');
    const now = Date.now();
    const known = tokens.get(key);
    if (known !== undefined && now - known.at < TOKEN_CACHE_MS) return known.token;
    const { rows } = await pool.query({ ...tokenFind, values: [hash] });
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

  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store').header('Vary', VARY);
    const token = await authenticate(request.headers.authorization);
    if (token === null || (token.expires_at !== null && token.expires_at < new Date())) {
      return reply.code(401).header('WWW-Authenticate', 'Bearer').send();
    }
    const used = countRate(token.subject_id);
    reply.header('RateLimit-Policy', RATE_POLICY).header('RateLimit', `"principal";r=${RATE_PER_MINUTE - used};t=60`);
    if (used > RATE_PER_MINUTE) return reply.code(429).send();
    request.token = token;
  });
  return { app, pool };
}

export function start(serve) {
  if (!cluster.isPrimary) {
    serve().listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
    return;
  }
  for (let i = 0; i < WORKERS; i++) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
}
