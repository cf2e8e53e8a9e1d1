import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const apify = headerStandIn({
  id: 'apify',
  paths: ['/v2/users/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { id: 'YiKoxjkaS9gjGTqhF', username: 'demo' } }),
    restricted: jsonAnswer(403, {
      error: { type: 'insufficient-permissions', message: 'Insufficient permissions for the operation.' },
    }),
    revoked: jsonAnswer(401, {
      error: { type: 'user-or-token-not-found', message: 'User was not found or authentication token is not valid' },
    }),
  },
  stranger: 'revoked',
});
