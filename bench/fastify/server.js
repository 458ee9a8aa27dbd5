// The balance read of yibaod on Fastify and pg: two cluster workers, the same checks, the same reply.
// SPDX-License-Identifier: Apache-2.0
import { makeApp, sharedKey, start, UUID } from './common.js';

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

function serve() {
  const { app, pool } = makeApp(TOKEN_FIND);

  app.get('/v1/accounts/:account_id/balance', { schema: { response: BALANCE_REPLY } }, async (request, reply) => {
    const { account_id } = request.params;
    if (!UUID.test(account_id)) return reply.code(400).send();
    const { rows } = await pool.query({ ...ACCOUNT_BALANCE, values: [sharedKey(account_id), account_id] });
    if (rows.length === 0 || rows[0].person_id !== request.token.subject_id) return reply.code(404).send();
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
  return app;
}

start(serve);
