import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const snyk = headerStandIn({
  id: 'snyk',
  paths: ['/rest/self'],
  token: 'token',
  answers: {
    active: jsonAnswer(200, {
      jsonapi: { version: '1.0' },
      data: { id: '55a348e2-c3ad-4bbc-b40e-9b232d1f4121', type: 'user', attributes: { name: 'demo' } },
    }),
    revoked: jsonAnswer(401, { jsonapi: { version: '1.0' }, errors: [{ status: '401', title: 'Unauthorized' }] }),
  },
  stranger: 'revoked',
});
