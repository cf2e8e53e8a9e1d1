import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const airtable = headerStandIn({
  id: 'airtable',
  paths: ['/v0/meta/whoami'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: 'usrL2PNC5o3H4lBEi', scopes: ['data.records:read'] }),
    restricted: jsonAnswer(403, {
      error: { type: 'NOT_AUTHORIZED', message: 'You are not authorized to perform this operation' },
    }),
    revoked: jsonAnswer(401, { error: { type: 'AUTHENTICATION_REQUIRED', message: 'Authentication required' } }),
  },
  stranger: 'revoked',
});
