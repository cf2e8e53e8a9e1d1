import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const aiven = headerStandIn({
  id: 'aiven',
  paths: ['/v1/me'],
  token: 'aivenv1',
  answers: {
    active: jsonAnswer(200, { user: { user: 'demo@example.com', user_id: 'u1', state: 'active' } }),
    revoked: jsonAnswer(403, { errors: [{ message: 'Invalid token', status: 403 }], message: 'Invalid token' }),
  },
  stranger: 'revoked',
});
