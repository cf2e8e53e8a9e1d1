import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const dub = headerStandIn({
  id: 'dub',
  paths: ['/links'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, [{ id: 'demo-1', createdAt: '2030-01-01T00:00:00Z' }]),
    restricted: jsonAnswer(403, {
      error: { code: 'forbidden', message: 'The provided key does not have the required permissions.' },
    }),
    revoked: jsonAnswer(401, { error: { code: 'unauthorized', message: 'Unauthorized: Invalid API key.' } }),
  },
  stranger: 'revoked',
});
