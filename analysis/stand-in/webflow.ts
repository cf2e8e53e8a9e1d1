import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const webflow = headerStandIn({
  id: 'webflow',
  paths: ['/v2/token/introspect'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { authorization: { id: '1', grantType: 'authorization_code' } }),
    'active:eu': jsonAnswer(200, { authorization: { id: '2', grantType: 'authorization_code' } }),
    restricted: jsonAnswer(403, { code: 'missing_scopes', message: 'OAuthForbidden: You are missing the following scopes' }),
    revoked: jsonAnswer(401, { message: 'Request not authorized', code: 'not_authorized' }),
  },
  stranger: 'revoked',
  homes: { 'active:eu': 'api.eu.webflow.com' },
});
