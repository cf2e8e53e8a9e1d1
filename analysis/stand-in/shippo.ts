import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const shippo = headerStandIn({
  id: 'shippo',
  paths: ['/carrier_accounts'],
  token: 'ShippoToken',
  answers: {
    active: jsonAnswer(200, { next: null, previous: null, results: [] }),
    revoked: jsonAnswer(401, { detail: 'Token does not exist' }),
  },
  stranger: 'revoked',
});
