import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const travisCi = headerStandIn({
  id: 'travis-ci',
  paths: ['/user'],
  token: 'token',
  answers: {
    active: jsonAnswer(200, { '@type': 'user', id: 1, login: 'demo', name: 'Demo' }),
    revoked: { status: 403, headers: { 'content-type': 'text/html;charset=utf-8' }, body: 'access denied' },
    'inactive:login': jsonAnswer(403, { '@type': 'error', error_type: 'login_required', error_message: 'login required' }),
  },
  stranger: 'revoked',
});
