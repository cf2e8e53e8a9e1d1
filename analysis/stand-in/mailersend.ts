import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const mailersend = headerStandIn({
  id: 'mailersend',
  paths: ['/v1/api-quota'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { quota: 1000, remaining: 999, reset: '2030-06-02T00:00:00Z' }),
    restricted: jsonAnswer(403, { message: 'This action is unauthorized.' }),
    revoked: jsonAnswer(401, { message: 'Unauthenticated.' }),
  },
  stranger: 'revoked',
});
