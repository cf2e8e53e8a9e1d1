import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const bitly = headerStandIn({
  id: 'bitly',
  paths: ['/v4/user'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { login: 'demo', name: 'demo', is_active: true }),
    restricted: jsonAnswer(403, { message: 'FORBIDDEN' }),
    'undecided:unavailable': jsonAnswer(403, { message: 'TEMPORARILY_UNAVAILABLE' }),
    revoked: jsonAnswer(403, { message: 'INVALID_ACCESS_TOKEN' }),
  },
  stranger: 'revoked',
});
