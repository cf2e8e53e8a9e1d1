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
  },
  stranger: 'revoked',
});
