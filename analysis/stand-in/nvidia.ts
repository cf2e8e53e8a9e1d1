import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const nvidia = headerStandIn({
  id: 'nvidia',
  paths: ['/v2/nvcf/functions'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { functions: [] }),
    revoked: jsonAnswer(401, { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'Invalid token' }),
    'undecided:forbidden': jsonAnswer(403, { title: 'Forbidden', status: 403, detail: 'Authorization failed' }),
  },
  stranger: 'revoked',
});
