import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const segment = headerStandIn({
  id: 'segment',
  paths: ['/'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { data: { workspace: { id: '9aQ1Lj62S4bomZKLF4DPqW', name: 'Demo', slug: 'demo' } } }),
    restricted: jsonAnswer(403, { errors: [{ type: 'forbidden', message: 'Insufficient permissions' }] }),
    revoked: jsonAnswer(401, { errors: [{ type: 'unauthorized', message: 'Unauthorized' }] }),
  },
  stranger: 'revoked',
});
