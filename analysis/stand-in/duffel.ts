import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const duffel = headerStandIn({
  id: 'duffel',
  paths: ['/air/airlines'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: [{ id: 'arl_00009VME7DAGiJjwomhv32', iata_code: 'BA' }], meta: { limit: 1 } }),
    restricted: jsonAnswer(403, {
      errors: [{ code: 'insufficient_permissions', type: 'authentication_error', title: 'Insufficient permissions' }],
      meta: { status: 403 },
    }),
    revoked: jsonAnswer(401, {
      errors: [{ code: 'access_token_not_found', type: 'authentication_error', title: 'Access token not found' }],
      meta: { status: 401 },
    }),
    expired: jsonAnswer(401, {
      errors: [{ code: 'expired_access_token', type: 'authentication_error', title: 'Expired access token' }],
      meta: { status: 401 },
    }),
  },
  stranger: 'revoked',
});
