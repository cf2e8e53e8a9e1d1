import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (status: number, code: string, message: string) =>
  jsonAnswer(status, {
    errors: [{ message, extensions: { type: code.toLowerCase().replace('_', ' '), code, userError: true } }],
  });

export const linear = headerStandIn({
  id: 'linear',
  method: 'POST',
  paths: ['/graphql'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { data: { viewer: { id: '9cfb482a-81e3-4154-b5b9-2c805e70a02d' } } }),
    restricted: refusal(400, 'FORBIDDEN', 'Access denied - feature not enabled'),
    revoked: refusal(401, 'AUTHENTICATION_ERROR', 'Authentication required, not authenticated'),
  },
  stranger: 'revoked',
});
