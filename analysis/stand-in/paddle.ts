import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const paddle = headerStandIn({
  id: 'paddle',
  paths: ['/event-types'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: [{ name: 'transaction.billed' }], meta: { request_id: '1' } }),
    restricted: jsonAnswer(403, {
      error: { type: 'request_error', code: 'forbidden', detail: 'You are not permitted to perform this request.' },
      meta: { request_id: '1' },
    }),
    revoked: jsonAnswer(403, {
      error: { type: 'request_error', code: 'invalid_token', detail: 'The token is invalid.' },
      meta: { request_id: '1' },
    }),
  },
  stranger: 'revoked',
});
