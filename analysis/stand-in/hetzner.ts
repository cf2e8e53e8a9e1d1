import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const hetzner = headerStandIn({
  id: 'hetzner',
  paths: ['/v1/locations'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { locations: [{ id: 1, name: 'fsn1' }], meta: {} }),
    revoked: jsonAnswer(401, { error: { code: 'unauthorized', message: 'unable to authenticate', details: null } }),
  },
  stranger: 'revoked',
});
