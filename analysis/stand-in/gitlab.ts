import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const token = { id: 42, name: 'demo', active: true, revoked: false, scopes: ['api'], user_id: 1, expires_at: null };

export const gitlab = headerStandIn({
  id: 'gitlab',
  paths: ['/api/v4/personal_access_tokens/self'],
  token: alone('private-token'),
  answers: {
    active: jsonAnswer(200, token),
    restricted: jsonAnswer(403, {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: 'api read_api',
    }),
    inactive: jsonAnswer(401, { message: '401 Unauthorized' }),
    revoked: jsonAnswer(401, {
      error: 'invalid_token',
      error_description: 'Token was revoked. You have to re-authorize from the user.',
    }),
    expired: jsonAnswer(401, {
      error: 'invalid_token',
      error_description: 'Token is expired. You can either do re-authorization or token refresh.',
    }),
    'restricted:impersonation': jsonAnswer(401, {
      error: 'invalid_token',
      error_description: 'Token is an impersonation token but impersonation was disabled.',
    }),
  },
  stranger: 'inactive',
  refusesOwn: ['revoked', 'expired'],
});
