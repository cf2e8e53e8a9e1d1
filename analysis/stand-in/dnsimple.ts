import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const dnsimple = headerStandIn({
  id: 'dnsimple',
  paths: ['/v2/whoami'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { user: null, account: { id: 1, email: 'demo@example.com' } } }),
    revoked: jsonAnswer(401, { message: 'Authentication failed' }),
  },
  stranger: 'revoked',
});
