import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const netlify = headerStandIn({
  id: 'netlify',
  paths: ['/api/v1/user'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: '5f0c1d2e3a4b5c6d7e8f9a0b', email: 'demo@example.com', full_name: 'Demo' }),
    revoked: jsonAnswer(401, { code: 401, message: 'Access Denied' }),
  },
  stranger: 'revoked',
});
