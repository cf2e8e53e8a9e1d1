import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const sentry = headerStandIn({
  id: 'sentry',
  paths: ['/api/0/'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { version: '0', auth: { scopes: ['org:ci'] }, user: null }),
    revoked: jsonAnswer(401, { detail: 'Invalid token' }),
    expired: jsonAnswer(401, { detail: 'Token expired' }),
    'inactive:owner': jsonAnswer(401, { detail: 'User inactive or deleted' }),
    'restricted:organization': jsonAnswer(401, { detail: 'This token access is limited to organization endpoints.' }),
    'undecided:organization': jsonAnswer(401, { detail: 'Cannot resolve organization from token.' }),
  },
  stranger: 'revoked',
  refusesOwn: ['expired', 'inactive:owner'],
});
