import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const e2b = headerStandIn({
  id: 'e2b',
  paths: ['/sandboxes'],
  token: alone('x-api-key'),
  answers: {
    active: jsonAnswer(200, [{ id: 'demo-1', createdAt: '2030-01-01T00:00:00Z' }]),
    revoked: jsonAnswer(401, { code: 401, message: 'Cannot get the team for the given API key' }),
  },
  stranger: 'revoked',
});
