import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const grafanaCloud = headerStandIn({
  id: 'grafana-cloud',
  paths: ['/api/v1/tokens'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { items: [{ id: '1', name: 'demo' }], metadata: {} }),
    restricted: jsonAnswer(403, {
      code: 'Forbidden',
      message: 'You do not have the permission to perform the requested action.',
    }),
    revoked: jsonAnswer(401, { code: 'InvalidCredentials', message: 'Token invalid' }),
  },
  stranger: 'revoked',
});
