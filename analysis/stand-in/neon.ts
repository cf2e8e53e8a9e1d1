import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

export const neon = headerStandIn({
  id: 'neon',
  paths: ['/api/v2/auth'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { account_id: 'demo', auth_method: 'api_key_user' }),
    revoked: jsonAnswer(401, { request_id: '1', code: '', message: 'authorization failed' }),
  },
  stranger: 'revoked',
});
