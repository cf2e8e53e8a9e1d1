import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const x = headerStandIn({
  id: 'x',
  paths: ['/2/usage/tweets'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { project_id: '1373839', project_cap: '1500', project_usage: '12' } }),
    restricted: jsonAnswer(403, {
      title: 'Client Forbidden',
      reason: 'client-not-enrolled',
      detail: 'No project.',
      type: 'about:blank',
    }),
    revoked: jsonAnswer(401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }),
  },
  stranger: 'revoked',
});
