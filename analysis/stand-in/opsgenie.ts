import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const opsgenie = headerStandIn({
  id: 'opsgenie',
  paths: ['/v2/account'],
  token: 'GenieKey',
  answers: {
    active: jsonAnswer(200, { data: { name: 'demo', userCount: 1 }, took: 0.1, requestId: '1' }),
    restricted: jsonAnswer(403, { message: 'You are not authorized to access this resource', took: 0, requestId: '1' }),
    revoked: jsonAnswer(401, { message: 'Could not authenticate', took: 0, requestId: '1' }),
  },
  stranger: 'revoked',
});
