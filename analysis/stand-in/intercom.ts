import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const intercom = headerStandIn({
  id: 'intercom',
  paths: ['/me'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { type: 'admin', id: '1', email: 'demo@example.com', name: 'Demo' }),
    restricted: jsonAnswer(403, {
      type: 'error.list',
      errors: [{ code: 'api_plan_restricted', message: 'Active subscription needed.' }],
    }),
    revoked: jsonAnswer(401, {
      type: 'error.list',
      request_id: '1',
      errors: [{ code: 'unauthorized', message: 'Access Token Invalid' }],
    }),
  },
  stranger: 'revoked',
});
