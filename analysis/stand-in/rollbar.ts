import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const rollbar = headerStandIn({
  id: 'rollbar',
  paths: ['/api/1/projects'],
  token: alone('x-rollbar-access-token'),
  answers: {
    active: jsonAnswer(200, { err: 0, result: [{ id: 1, name: 'demo' }] }),
    restricted: jsonAnswer(403, { err: 1, message: 'insufficient privileges: project access token scopes' }),
    revoked: jsonAnswer(401, { err: 1, message: 'invalid access token' }),
  },
  stranger: 'revoked',
});
