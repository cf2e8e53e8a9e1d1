import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const linode = headerStandIn({
  id: 'linode',
  paths: ['/v4/profile'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { username: 'demo', email: 'demo@example.com', restricted: false }),
    restricted: jsonAnswer(401, { errors: [{ reason: 'Your OAuth token is not authorized to use this endpoint.' }] }),
    revoked: jsonAnswer(401, { errors: [{ reason: 'Invalid Token' }] }),
  },
  stranger: 'revoked',
});
