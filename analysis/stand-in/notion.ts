import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const notion = headerStandIn({
  id: 'notion',
  paths: ['/v1/users/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { object: 'user', id: '16d84278-ab0e-484c-9bdd-b35da3bd8905', name: 'demo', type: 'bot', bot: {} }),
    restricted: jsonAnswer(403, {
      object: 'error',
      status: 403,
      code: 'restricted_resource',
      message: 'Insufficient permissions for this endpoint.',
    }),
    revoked: jsonAnswer(401, { object: 'error', status: 401, code: 'unauthorized', message: 'API token is invalid.' }),
  },
  stranger: 'revoked',
});
