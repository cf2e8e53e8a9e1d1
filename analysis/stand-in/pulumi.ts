import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const pulumi = headerStandIn({
  id: 'pulumi',
  paths: ['/api/user'],
  token: 'token',
  answers: {
    active: jsonAnswer(200, { id: '1', githubLogin: 'demo', name: 'Demo', email: 'demo@example.com', organizations: [] }),
    revoked: jsonAnswer(401, { code: 401, message: 'Unauthorized: No credentials provided or are invalid.' }),
  },
  stranger: 'revoked',
});
