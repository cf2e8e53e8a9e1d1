import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const mollie = headerStandIn({
  id: 'mollie',
  paths: ['/v2/methods'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { count: 1, _embedded: { methods: [] }, _links: {} }),
    revoked: jsonAnswer(401, {
      status: 401,
      title: 'Unauthorized Request',
      detail: 'Missing authentication, or failed to authenticate',
    }),
  },
  stranger: 'revoked',
});
