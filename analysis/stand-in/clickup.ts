import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const clickup = headerStandIn({
  id: 'clickup',
  paths: ['/api/v2/user'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { user: { id: 123, username: 'Demo', email: 'demo@example.com' } }),
    revoked: jsonAnswer(401, { err: 'Token invalid', ECODE: 'OAUTH_025' }),
    'undecided:team': jsonAnswer(401, { err: 'Team not authorized', ECODE: 'OAUTH_027' }),
  },
  stranger: 'revoked',
});
