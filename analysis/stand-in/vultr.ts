import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const vultr = headerStandIn({
  id: 'vultr',
  paths: ['/v2/account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { account: { name: 'Demo', email: 'demo@example.com', balance: 0 } }),
    restricted: jsonAnswer(401, { error: 'Unauthorized IP address: 192.0.2.1', status: 401 }),
    revoked: jsonAnswer(401, { error: 'Invalid API token.', status: 401 }),
  },
  stranger: 'revoked',
});
