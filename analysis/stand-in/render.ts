import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const render = headerStandIn({
  id: 'render',
  paths: ['/v1/users'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { email: 'demo@example.com', name: 'Demo' }),
    revoked: jsonAnswer(401, { message: 'Unauthorized' }),
  },
  stranger: 'revoked',
});
