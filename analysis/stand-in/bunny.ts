import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const bunny = headerStandIn({
  id: 'bunny',
  paths: ['/pullzone'],
  token: alone('accesskey'),
  answers: {
    active: jsonAnswer(200, { Items: [], CurrentPage: 1, TotalItems: 0 }),
    revoked: jsonAnswer(401, { ErrorKey: 'Unauthorized', Message: 'Authorization has been denied for this request.' }),
  },
  stranger: 'revoked',
});
