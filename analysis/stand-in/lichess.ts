import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const lichess = headerStandIn({
  id: 'lichess',
  paths: ['/api/account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { id: 'demo', username: 'Demo', perfs: {} }),
    revoked: jsonAnswer(401, { error: 'No such token' }),
  },
  stranger: 'revoked',
});
